// A case number leads to the case page.
import { Link } from "@tanstack/react-router";

export function casePath(number: string): string {
  return "/cases/" + encodeURIComponent(number);
}

export function CaseLink({ number }: { number: string }) {
  return <Link to={casePath(number)} className="number">{number}</Link>;
}
