// Checks forms against their JSON Schema. The schema is interpreted, not compiled: the content security
// policy runs no text as a script. The same schema is checked by the server; this one only answers sooner.
import { Validator } from "@cfworker/json-schema";
import type { OutputUnit, Schema } from "@cfworker/json-schema";
import { createErrorHandler, toErrorSchema, unwrapErrorHandler, validationDataMerge } from "@rjsf/utils";
import type { CustomValidator, ErrorTransformer, RJSFSchema, RJSFValidationError, UiSchema, ValidationData, ValidatorType } from "@rjsf/utils";

/** Gives the sentence for a broken rule, in the language of the screen. */
export type Say = (rule: string, values: Record<string, unknown>) => string;

/** One field that is wrong: where it stands, which rule it breaks, and the rule's value. */
export interface Fault {
  path: string[];
  rule: string;
  limit?: unknown;
}

/** Keywords that only say that something inside is wrong. */
const wrappers = new Set([
  "$ref", "$recursiveRef", "properties", "patternProperties", "items", "prefixItems", "allOf", "if", "dependentSchemas", "additionalItems",
]);

/** Rules the texts have a sentence for; others are said as "invalid". */
const said = new Set([
  "required", "type", "enum", "const", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
  "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
]);

function segments(pointer: string): string[] {
  return pointer.replace(/^#\/?/, "").split("/").filter(Boolean).map((s) => decodeURIComponent(s).replace(/~1/g, "/").replace(/~0/g, "~"));
}

function walk(root: unknown, path: string[]): unknown {
  let at = root;
  for (const step of path) {
    if (at === null || typeof at !== "object") return undefined;
    at = (at as Record<string, unknown>)[step];
    if (step === "$ref" && typeof at === "string") at = walk(root, segments(at));
  }
  return at;
}

/** What a form left empty is absent, not undefined: JSON knows no undefined. */
function plain(data: unknown): unknown {
  return data === undefined ? {} : JSON.parse(JSON.stringify(data));
}

/** All faults of the data, one per field and rule, inner ones instead of those around them. */
export function faults(schema: unknown, data: unknown): Fault[] {
  const { errors } = new Validator(schema as Schema, "2020-12", false).validate(plain(data));
  const out: Fault[] = [];
  const seen = new Set<string>();
  for (const e of errors) {
    if (wrappers.has(e.keyword)) continue;
    const fault = faultOf(schema, e);
    const key = JSON.stringify(fault);
    if (!seen.has(key)) out.push(fault);
    seen.add(key);
  }
  return out;
}

function faultOf(schema: unknown, e: OutputUnit): Fault {
  const path = segments(e.instanceLocation);
  if (e.keyword === "required") {
    const name = /property "(.*)"\.$/.exec(e.error)?.[1];
    return { path: name === undefined ? path : [...path, name], rule: "required" };
  }
  const limit = walk(schema, segments(e.keywordLocation));
  return { path, rule: said.has(e.keyword) ? e.keyword : "invalid", ...(limit !== undefined && typeof limit !== "object" ? { limit } : {}) };
}

/** A validator for rjsf that speaks the language of the screen. */
export function makeValidator(say: Say): ValidatorType {
  const raw = (schema: RJSFSchema, data: unknown): RJSFValidationError[] =>
    faults(schema, data).map((f) => ({
      name: f.rule,
      property: f.path.map((p) => "." + p).join(""),
      message: say(f.rule, { limit: f.limit }),
      stack: say(f.rule, { limit: f.limit }),
      params: {},
    }));
  return {
    validateFormData(
      formData: unknown, schema: RJSFSchema, customValidate?: CustomValidator, transformErrors?: ErrorTransformer, uiSchema?: UiSchema,
    ): ValidationData<unknown> {
      let errors = raw(schema, formData);
      if (transformErrors) errors = transformErrors(errors, uiSchema);
      const found = { errors, errorSchema: toErrorSchema(errors) };
      if (!customValidate) return found;
      const handler = customValidate(formData, createErrorHandler(formData), uiSchema, found.errorSchema);
      return validationDataMerge(found, unwrapErrorHandler(handler));
    },
    isValid(schema: RJSFSchema, formData: unknown, root: RJSFSchema): boolean {
      try {
        const whole = { ...(root as object), ...(schema as object) } as Schema;
        return new Validator(whole, "2020-12", true).validate(plain(formData)).valid;
      } catch {
        return false;
      }
    },
    rawValidation<Result>(schema: RJSFSchema, formData?: unknown) {
      return { errors: raw(schema, formData) as Result[] };
    },
  };
}

/** What code of others gets that asks for a validator of its own: rules without sentences. */
export default makeValidator((rule) => rule);
