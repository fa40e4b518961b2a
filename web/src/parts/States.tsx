// What a screen shows when it has nothing to show yet, nothing at all, or may not.
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Empty, Result, Skeleton } from "antd";
import { Component } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../api/client";
import { RefusalText } from "./Refusal";

export function Loading() {
  const { t } = useTranslation();
  return (
    <div className="page" role="status" aria-label={t("state.loading")}>
      <Skeleton active paragraph={{ rows: 6 }} />
    </div>
  );
}

/** Nothing there: says why, and what can be done. */
export function Nothing({ text, children }: { text: string; children?: ReactNode }) {
  return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text}>{children}</Empty>;
}

export function NotFound() {
  const { t } = useTranslation();
  return <Result status="404" title={t("state.notFound")} subTitle={t("state.notFoundWhy")} extra={<Link to="/">{t("state.home")}</Link>} />;
}

/** A part could not be shown: the sentence of the server, and the way to try again. */
export function Broken({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useTranslation();
  const forbidden = error instanceof Refused && error.status === 403;
  const missing = error instanceof Refused && error.status === 404;
  const silent = error instanceof Refused && error.status === 0;
  const title = forbidden ? t("state.forbidden") : missing ? t("state.notFound") : silent ? t("state.offline") : t("state.broken");
  return (
    <Result
      status={forbidden ? "403" : missing ? "404" : "warning"}
      title={title}
      subTitle={error instanceof Refused ? <RefusalText refused={error} /> : t("state.brokenWhy")}
      extra={again && !forbidden && !missing ? <Button type="primary" onClick={again}>{t("state.again")}</Button> : <Link to="/">{t("state.home")}</Link>}
    />
  );
}

/** Keeps a fault of one screen within it. */
class Catch extends Component<{ children: ReactNode; reset: () => void }, { error?: unknown }> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Broken
        error={this.state.error}
        again={() => {
          this.props.reset();
          this.setState({ error: undefined });
        }}
      />
    );
  }
}

export function Boundary({ children }: { children: ReactNode }) {
  const { reset } = useQueryErrorResetBoundary();
  return <Catch reset={reset}>{children}</Catch>;
}
