import {
  asNumber,
  asText,
  boolType,
  boolValue,
  listOf,
  listValue,
  numToInt,
  stringType,
  stringValue,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, type FunctionError, type ValueFunction } from "./definition.js";
import { problem } from "./problem.js";
import { formatAddress, formatNetwork, lastAddress, parseAddress, parseNetwork, type Network } from "./ip-address.js";
import { counted, defineFunction, numberParameter, stringParameter, wholeNumber } from "./support.js";

const prefixParameter = stringParameter("prefix");

function readNetwork(value: Value): Network | FunctionError {
  return (
    parseNetwork(asText(value)) ??
    argumentError(0, "it is not a network prefix such as 10.0.0.0/16 or fd00::/8, without leading zeros")
  );
}

function readWhole(value: Value, argument: number): bigint | FunctionError {
  return numToInt(asNumber(value)) ?? argumentError(argument, "a whole number is required");
}

const cidrhost = defineFunction({
  name: "cidrhost",
  description: "Gives the address with a number within a network; negative numbers count from the end.",
  params: [prefixParameter, numberParameter("hostnum")],
  type: stringType,
  call([prefix, number]) {
    const network = readNetwork(prefix as Value);
    if ("kind" in network) return network;
    const host = readWhole(number as Value, 1);
    if (typeof host !== "bigint") return host;
    const size = 1n << BigInt(network.bits - network.prefixLength);
    if (host >= size || host < -size) {
      return argumentError(1, problem`a prefix of ${network.prefixLength} bits has no address numbered ${host}`);
    }
    return stringValue(formatAddress({ ...network, value: network.value + (host < 0n ? size + host : host) }));
  },
});

const cidrnetmask = defineFunction({
  name: "cidrnetmask",
  description: "Gives the mask of a network, as an address.",
  params: [prefixParameter],
  type: stringType,
  call([prefix]) {
    const network = readNetwork(prefix as Value);
    if ("kind" in network) return network;
    const all = (1n << BigInt(network.bits)) - 1n;
    const value = (all << BigInt(network.bits - network.prefixLength)) & all;
    return stringValue(formatAddress({ bits: network.bits, value }));
  },
});

/** Most bits one call may add; Packer's limit too. */
const extensionLimit = 32;

function extended(network: Network, newbits: Value, argument: number): number | FunctionError {
  const bits = wholeNumber(newbits, argument);
  if (typeof bits !== "number") return bits;
  if (bits > extensionLimit)
    return argumentError(argument, `a prefix cannot be extended by more than ${extensionLimit} bits`);
  const length = network.prefixLength + bits;
  if (length > network.bits) {
    return argumentError(
      argument,
      problem`the prefix can be extended by at most ${counted(network.bits - network.prefixLength, "bit")}`,
    );
  }
  return length;
}

const cidrsubnet = defineFunction({
  name: "cidrsubnet",
  description: "Gives a network within a network: the prefix is extended by some bits that hold a number.",
  params: [prefixParameter, numberParameter("newbits"), numberParameter("netnum")],
  type: stringType,
  call([prefix, newbits, numberArgument]) {
    const network = readNetwork(prefix as Value);
    if ("kind" in network) return network;
    const length = extended(network, newbits as Value, 1);
    if (typeof length !== "number") return length;
    if (length < network.prefixLength) return argumentError(1, "the number of new bits must not be negative");
    const number = readWhole(numberArgument as Value, 2);
    if (typeof number !== "bigint") return number;
    const count = 1n << BigInt(length - network.prefixLength);
    if (number < 0n || number >= count) {
      return argumentError(
        2,
        problem`an extension of ${length - network.prefixLength} bits has no network numbered ${number}`,
      );
    }
    const value = network.value | (number << BigInt(network.bits - length));
    return stringValue(formatNetwork({ ...network, value, prefixLength: length }));
  },
});

const cidrsubnets = defineFunction({
  name: "cidrsubnets",
  description: "Gives consecutive networks within a network, each with its own number of additional prefix bits.",
  params: [prefixParameter],
  varParam: numberParameter("newbits"),
  type: listOf(stringType),
  call([prefix, ...extensions]) {
    const network = readNetwork(prefix as Value);
    if ("kind" in network) return network;
    const subnets: Value[] = [];
    let next = network.value;
    for (const [index, extension] of extensions.entries()) {
      const length = extended(network, extension, index + 1);
      if (typeof length !== "number") return length;
      if (length <= network.prefixLength)
        return argumentError(index + 1, "the prefix must be extended by at least one bit");
      const size = 1n << BigInt(network.bits - length);
      // A network begins at a multiple of its size.
      const value = ((next + size - 1n) / size) * size;
      if (value + size - 1n > lastAddress(network)) {
        return functionError(problem`the network has no room left for a subnet with a prefix of ${length} bits`);
      }
      subnets.push(stringValue(formatNetwork({ ...network, value, prefixLength: length })));
      next = value + size;
    }
    return listValue(stringType, subnets);
  },
});

const cidrcontains = defineFunction({
  name: "cidrcontains",
  description: "Tells whether a network contains an address or another network.",
  params: [stringParameter("containing_prefix"), stringParameter("contained_ip_or_prefix")],
  type: boolType,
  call([outer, inner]) {
    const network = readNetwork(outer as Value);
    if ("kind" in network) return network;
    const text = asText(inner as Value);
    const address = parseAddress(text);
    const contained = address === undefined ? parseNetwork(text) : { ...address, prefixLength: address.bits };
    if (contained === undefined) return argumentError(1, "it is neither an address nor a network prefix");
    if (contained.bits !== network.bits) return functionError("an IPv4 and an IPv6 network cannot contain one another");
    return boolValue(contained.value >= network.value && lastAddress(contained) <= lastAddress(network));
  },
});

export const networkFunctions: readonly ValueFunction[] = [
  cidrcontains,
  cidrhost,
  cidrnetmask,
  cidrsubnet,
  cidrsubnets,
];
