export {
  corpusAbsent,
  decodeGoValue,
  findCorpus,
  decodeVectorType,
  decodeVectorValue,
  isVectorObject,
  listOfJson,
  markForVector,
  parseVectorJson,
  readVectors,
  rowOf,
  textOf,
  type VectorRow,
} from "./vectors.js";
export { documentedCounts } from "./documented.js";
export { createFakeClock, type FakeClock } from "./fake-clock.js";
export { fakeComponent, fakeEffect, fakeGraph, fakeMachine, fakePost, fakeStep, fakeValue } from "./fake-graph.js";
export { createFakeHost, createFakeRandom } from "./fake-host.js";
export { createFakePlugin, type FakePlugin } from "./fake-plugin.js";
export { pluginOf } from "./plugin-of.js";
export { coreBuilders, createRunState, runFake, secretScope, type FakeRun, type FakeRunRequest } from "./fake-run.js";
export { createMockRegistry, mockComponents } from "./mock-components.js";
export { communicatorContract, type CommunicatorCase, type CommunicatorSubject } from "@hclbuild/sdk/testing";
export { builderContract, phasedBuilderContract, type BuilderCase, type BuilderSubject } from "./contract-builder.js";
export {
  compareDiagnostics,
  compileFixture,
  createFixtureFunctionHost,
  createFolderHost,
  goldenText,
  listFixtures,
  readExpectations,
  type CompiledFixture,
  type ExpectedDiagnostic,
  type FixtureSettings,
} from "./fixture.js";
export { createHumanView, secretForms, type BuildEvent, type RunOptions } from "@hclbuild/executor";
export type { GraphNode, MachineNode, PostNode, StepNode } from "@hclbuild/graph";
