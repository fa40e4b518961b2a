// A form drawn from the JSON Schema of the guide. Enter goes on to the next field that must be filled and
// is empty; Tab reaches all. Loaded only where a form is shown.
import Form from "@rjsf/antd";
import type CoreForm from "@rjsf/core";
import type { IChangeEvent } from "@rjsf/core";
import type { RJSFSchema, UiSchema } from "@rjsf/utils";
import { forwardRef, useImperativeHandle, useMemo, useRef } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { orderOf, requiredIds, settle } from "./fields";
import type { FormSchema } from "./fields";
import { makeValidator } from "./validator";
import "./form.css";

export interface SchemaFormHandle {
  /** Shows what is wrong; true: nothing is. The first wrong field gets the focus. */
  check: () => boolean;
  /** Focus on the first field that must be filled and is empty; false: there is none. */
  focus: () => boolean;
}

interface Props {
  schema: FormSchema;
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>) => void;
  /** Enter in the last field that must be filled. */
  onEnd?: () => void;
}

type Words = (key: string, o?: Record<string, unknown>) => string;

/** Order, widths and option names for every object of the schema. */
function ui(schema: FormSchema, t: Words): UiSchema {
  const out: UiSchema = {};
  if (schema.properties) {
    out["ui:order"] = orderOf(schema);
    for (const [key, s] of Object.entries(schema.properties)) out[key] = ui(s, t);
  }
  if (schema.items) out.items = ui(schema.items, t);
  if (schema.enum) out["ui:enumNames"] = schema.enum.map((v) => t(`option.${String(v)}`, { defaultValue: String(v) }));
  if (schema.type === "string" && (schema.maxLength as number) > 500) out["ui:widget"] = "textarea";
  return out;
}

const widths = { colSpan: { object: 24, array: 24, textarea: 24, string: 8, integer: 8, number: 8, boolean: 8, radio: 8, checkbox: 8 }, rowGutter: 12, labelAlign: "left", colon: false };

const SchemaForm = forwardRef<SchemaFormHandle, Props>(function SchemaForm({ schema, value, onChange, onEnd }, ref) {
  const { t, i18n } = useTranslation("form");
  const form = useRef<CoreForm>(null);
  const box = useRef<HTMLDivElement>(null);
  const shape = useMemo(() => settle(schema, value), [schema, value]);
  const shapeKey = JSON.stringify(shape);
  // The same object as long as it says the same: rjsf begins anew with every new schema.
  const fixed = useMemo(() => shape, [shapeKey]);
  const words = t as unknown as Words;
  const uiSchema = useMemo(() => ({ ...ui(fixed, words), "ui:submitButtonOptions": { norender: true } }), [fixed, words]);
  const validator = useMemo(() => makeValidator((rule, values) => words(`rule.${rule}`, values)), [words, i18n.language]);

  const input = (id: string) => box.current?.querySelector<HTMLElement>(`[id="${CSS.escape(id)}"]`) ?? undefined;
  const empty = (id: string) => {
    const el = input(id);
    return el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement ? el.value === "" : !!el && !el.textContent;
  };
  const focusFirst = (after?: string) => {
    const ids = requiredIds(fixed);
    const from = after === undefined ? 0 : ids.indexOf(after) + 1;
    const next = [...ids.slice(from), ...ids.slice(0, from)].find(empty);
    if (next) input(next)?.focus();
    return next !== undefined;
  };
  useImperativeHandle(ref, () => ({
    check: () => {
      const good = form.current?.validateForm() ?? true;
      if (!good && !focusFirst()) box.current?.querySelector<HTMLElement>(".ant-form-item-has-error input, .ant-form-item-has-error textarea")?.focus();
      return good;
    },
    focus: () => focusFirst(),
  }));

  const onKeyDown = (e: KeyboardEvent) => {
    const at = e.target as HTMLElement;
    if (e.key !== "Enter" || e.ctrlKey || e.nativeEvent.isComposing || at instanceof HTMLTextAreaElement || at instanceof HTMLButtonElement) return;
    if (at.getAttribute("aria-expanded") === "true") return;
    e.preventDefault();
    if (!focusFirst(at.id)) onEnd?.();
  };
  return (
    <div ref={box} className="schema-form" onKeyDown={onKeyDown}>
      <Form
        ref={form}
        tagName="div"
        schema={fixed as RJSFSchema}
        uiSchema={uiSchema}
        validator={validator}
        formData={value}
        formContext={widths}
        noHtml5Validate
        showErrorList={false}
        focusOnFirstError={false}
        liveValidate="onBlur"
        experimental_defaultFormStateBehavior={{ emptyObjectFields: "skipEmptyDefaults" }}
        onChange={(e: IChangeEvent) => onChange((e.formData ?? {}) as Record<string, unknown>)}
      />
    </div>
  );
});

export default SchemaForm;
