package io.halfsecond.schemas;

/// A state was written by another version of this program, in a form that this one does not know.
public final class UnknownVersionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /// @param what the name of the state
  public UnknownVersionException(String what, long version, long known) {
    super(what + ": version " + version + ", known is " + known);
  }
}
