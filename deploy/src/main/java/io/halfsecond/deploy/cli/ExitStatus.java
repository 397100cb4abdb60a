package io.halfsecond.deploy.cli;

/// What every command ends with.
final class ExitStatus {
  /// What was asked for is done.
  static final int DONE = 0;

  /// Something was found, or it could not be done.
  static final int FINDING_OR_FAILURE = 1;

  /// The command line or the configuration is wrong.
  static final int USAGE = 2;

  private ExitStatus() {}
}
