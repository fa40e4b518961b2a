import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./app/page.css";
import { Look } from "./app/Look";
import { queries } from "./app/queries";
import { language } from "./app/language";
import { router } from "./app/router";
import { speak } from "./texts";

function draw() {
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Look>
          <RouterProvider router={router} />
        </Look>
      </QueryClientProvider>
    </StrictMode>,
  );
}

// Without the words of another language there is Chinese still.
speak(language()).then(draw, draw);
