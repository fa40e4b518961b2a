// The number of a case. It begins with the item's code, which is the same in every row of a list: shown is
// what differs, the day and the running number; the whole number is its title.

/** 11210300MB0X12345A4000131001000202611260002 → 20261126-0002; others as they are. */
export function shortNumber(number: string): string {
  const m = /(20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(\d{4,6})$/.exec(number);
  return number.length < 24 || !m ? number : `${m[1]}-${m[2]}`;
}

export function CaseNumber({ number }: { number: string }) {
  return <span className="number" title={number} aria-label={number}>{shortNumber(number)}</span>;
}
