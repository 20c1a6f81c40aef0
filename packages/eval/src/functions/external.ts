import { asText, stringType, stringValue, type Value } from "@hclbuild/value";
import { functionError, type ValueFunction } from "./definition.js";
import { anyParameter, defineFunction, stringParameter, type Parameter } from "./support.js";

/** `env`, for the places where the environment may be read: the defaults of variables. */
export const envFunction: ValueFunction = defineFunction({
  name: "env",
  description: "Gives the value of an environment variable, or an empty text. Works only in the default of a variable.",
  params: [stringParameter("key")],
  type: stringType,
  call: ([name], { host }) => stringValue(host.env(asText(name as Value)) ?? ""),
});

/** `env` everywhere else: it exists so that the message can say what to do. */
export const refusedEnvFunction: ValueFunction = defineFunction({
  name: "env",
  description: envFunction.description,
  params: [stringParameter("key")],
  type: stringType,
  call: () =>
    functionError("the environment can be read only in the default of a variable; declare one and use it here"),
});

function effectFunction(name: string, description: string, params: readonly Parameter[]): ValueFunction {
  return defineFunction({
    name,
    description,
    params,
    type: stringType,
    effect: name,
    call: () => functionError("its value is fetched when the build begins and is not known here"),
  });
}

/** Functions that ask a service; see {@link runEffectCall}. */
export const effectFunctions: readonly ValueFunction[] = [
  effectFunction("aws_secretsmanager", "Gives one value of a secret in AWS Secrets Manager.", [
    stringParameter("name"),
    anyParameter("key", { allowNull: true, type: stringType }),
  ]),
  effectFunction("aws_secretsmanager_raw", "Gives the whole text of a secret in AWS Secrets Manager.", [
    stringParameter("name"),
  ]),
  effectFunction("consul_key", "Gives the value of a key in Consul.", [stringParameter("key")]),
  effectFunction("vault", "Gives a value of a secret in Vault's key-value store.", [
    stringParameter("path"),
    stringParameter("key"),
  ]),
];
