export { communicatorContract, type CommunicatorCase, type CommunicatorSubject } from "./communicator-contract.js";
export { pluginContract, type PluginCase, type PluginSubject } from "./plugin-contract.js";
export { createTestContext, type TestContext, type TestContextOptions, type TestResource } from "./test-context.js";
