interface Choice<Id> {
  readonly id: Id;
  readonly title: string;
  /** For the hover title. */
  readonly meaning?: string;
}

interface SegmentsProps<Id extends string | null> {
  readonly label: string;
  readonly choices: readonly Choice<Id>[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
}

/** A few choices side by side, one of them pressed. */
export function Segments<Id extends string | null>({ label, choices, chosen, onChoose }: SegmentsProps<Id>) {
  return (
    <span className="segments" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.title}
          type="button"
          aria-pressed={chosen === choice.id}
          title={choice.meaning}
          onClick={() => onChoose(choice.id)}
        >
          {choice.title}
        </button>
      ))}
    </span>
  );
}
