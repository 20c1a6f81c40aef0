import {
  createRegistry,
  defineComponent,
  s,
  type ComponentKind,
  type ComponentSchema,
  type Registry,
} from "@hclbuild/schema";

/**
 * Components for third-party test templates that were written for stand-ins: every one takes options of every kind, and
 * none of them exists outside tests.
 */
const options = {
  string: s.string().doc("A text."),
  int: s.int().doc("A whole number."),
  int64: s.int().doc("A whole number."),
  bool: s.bool().doc("True or false."),
  trilean: s.trilean().doc("True, false or not set."),
  duration: s.duration().doc("A duration."),
  map_string_string: s.map(s.string()).doc("Texts by name."),
  slice_string: s.list(s.string()).doc("Texts."),
  slice_slice_string: s.list(s.list(s.string())).doc("Lists of texts."),
  named_map_string_string: s.map(s.string()).doc("Texts by name."),
  named_string: s.string().doc("A text."),
  data_source: s.string().doc("A text."),
};

const tag = s
  .block({ key: s.string().doc("Its key."), value: s.string().doc("Its value.") })
  .list()
  .doc("A tag.");

const nested = { ...options, tag };

const body = {
  not_squashed: s.string().doc("A text."),
  ...nested,
  nested: s.block(nested).single().doc("The same options once more."),
  nested_slice: s.block(nested).list().doc("The same options any number of times."),
};

function mock(kind: ComponentKind, name: string): ComponentSchema {
  return defineComponent({
    kind,
    name,
    since: "0.1.0",
    summary: "Stands in for a component of the same name.",
    body,
    output: { ...options },
  });
}

/** The stand-ins, under the names that the templates use. */
export const mockComponents: readonly ComponentSchema[] = [
  mock("builder", "amazon-ebs"),
  mock("builder", "virtualbox-iso"),
  mock("provisioner", "shell"),
  mock("provisioner", "file"),
  mock("post-processor", "amazon-import"),
  mock("post-processor", "manifest"),
  mock("data-source", "amazon-ami"),
  defineComponent({
    kind: "data-source",
    name: "mock",
    since: "0.1.0",
    summary: "Stands in for a data source that gives back its input.",
    body: { foo: s.string().doc("A text.") },
    output: { foo: s.string().doc("The text."), bar: s.string().doc("Another text.") },
  }),
];

/** A registry of the given components and the stand-ins; a stand-in wins over a real one of its name. */
export function createMockRegistry(components: readonly ComponentSchema[]): Registry {
  return createRegistry([...components, ...mockComponents]);
}
