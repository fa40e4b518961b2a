// Where the fields of an act get what is not in the act itself: in a case from the server; in a play, where nothing is
// real, files are made up and the questions are those of the text that is played.
import { createContext, useContext } from "react";
import type { File as Stored } from "../../api/gen/types.gen";
import type { Question } from "./Answers";

export interface World {
  questions: Question[];
  makeUp: (name: string) => Stored;
}

const real = createContext<World | undefined>(undefined);

export const PlayedWorld = real.Provider;

/** The world of a play; nothing where acts are real. */
export const useWorld = (): World | undefined => useContext(real);
