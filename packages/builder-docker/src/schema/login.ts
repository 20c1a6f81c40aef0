import { requiredWhen, s, type Rule } from "@hclbuild/schema";

/** How to log in to a registry; shared by the builder and docker-push. */
export const loginOptions = {
  login: s.bool().default(false).doc("Log in to the registry first and log out afterwards."),
  login_username: s.string().doc("User of the registry."),
  login_password: s.string().sensitive().doc("Password or token for the registry."),
  login_server: s.string().doc("Address of the registry; Docker Hub by default."),
  ecr_login: s.bool().default(false).doc("Log in to Amazon ECR with the AWS credentials; needs login_server."),
  aws_access_key: s.string().sensitive().doc("AWS access key for ecr_login."),
  aws_secret_key: s.string().sensitive().doc("AWS secret key for ecr_login."),
  aws_token: s.string().sensitive().doc("AWS session token for ecr_login."),
  aws_profile: s.string().doc("AWS profile for ecr_login."),
  aws_force_use_public_ecr: s.bool().default(false).doc("Treat login_server as the public ECR registry."),
};

export const loginRules: readonly Rule[] = [requiredWhen("login_server", { name: "ecr_login", in: [true] })];

export const dockerPath = s.string().default("docker").doc("The Docker client, where one is run as a program.");
