/** Who says it, and why: kept with it. */
export function WhoAndWhy({ isRequired = false }: { readonly isRequired?: boolean }) {
  return (
    <>
      <label>
        Reason
        <input
          name="reason"
          maxLength={2000}
          autoComplete="off"
          placeholder="Kept with it, for others"
          required={isRequired}
        />
      </label>
      <label>
        Your name
        <input name="author" maxLength={200} autoComplete="name" />
      </label>
    </>
  );
}
