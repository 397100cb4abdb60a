package io.halfsecond.deploy.cli;

/// The exit status of every command.
final class ExitStatus {
  /// The command did what it was asked to do.
  static final int DONE = 0;

  /// There is a finding, or the command failed.
  static final int FINDING_OR_FAILURE = 1;

  /// The command line or the configuration is wrong.
  static final int USAGE = 2;

  /// The question has no answer yet.
  static final int UNDECIDED = 3;

  private ExitStatus() {}
}
