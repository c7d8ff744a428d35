import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { ApiProblem } from './api.ts';
import { ProblemBox } from './problem-box.tsx';

interface ConfirmButtonProps {
  /** On the button that asks. */
  readonly label: ReactNode;
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
  /** Asks at once, without the button. */
  readonly startsOpen?: boolean;
  /** Told when it asks no more. */
  readonly onClosed?: () => void;
  readonly title: string;
  /** On the button that does it. */
  readonly confirm: string;
  /** What it would do, and fields. */
  readonly children: ReactNode;
  /** Does it; fails with an ApiProblem, which is shown. */
  readonly onConfirm: (form: FormData) => Promise<unknown>;
}

/** A button that asks before it does something, and says what went wrong where it was asked. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, isPrimary = false, isDisabled = false, title, confirm, children, onConfirm } = props;
  const { startsOpen = false, onClosed } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const open = () => {
    setProblem(null);
    setOpen(true);
    dialog.current?.showModal();
  };
  useEffect(() => {
    if (startsOpen && dialog.current?.open === false) open();
  }, [startsOpen]);
  const close = () => {
    setOpen(false);
    onClosed?.();
  };
  const run = async () => {
    if (form.current === null || isPending) return;
    setPending(true);
    setProblem(null);
    try {
      await onConfirm(new FormData(form.current));
      dialog.current?.close();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setPending(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };
  return (
    <>
      <button
        type="button"
        className={isPrimary ? 'button primary' : 'button'}
        disabled={isDisabled}
        onClick={open}
      >
        {label}
      </button>
      <dialog
        ref={dialog}
        className="dialog confirm"
        aria-labelledby={id}
        onClose={close}
        onKeyDown={(event) => event.stopPropagation()}
      >
        {isOpen && (
          <form ref={form} className="confirm-form" onSubmit={submit}>
            <h2 id={id}>{title}</h2>
            {children}
            {problem !== null && <ProblemBox problem={problem} onRetry={() => void run()} />}
            <div className="dialog-actions">
              <button type="button" className="button" onClick={() => dialog.current?.close()}>
                Cancel
              </button>
              <button type="submit" className="button primary" disabled={isPending}>
                {confirm}
              </button>
            </div>
          </form>
        )}
      </dialog>
    </>
  );
}
