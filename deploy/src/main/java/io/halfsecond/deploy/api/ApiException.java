package io.halfsecond.deploy.api;

/// The topology gives no answer. The message says why and what helps.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean passing;

  /// @param passing whether the same question may be answered later
  ApiException(String message, boolean passing) {
    super(message);
    this.passing = passing;
  }

  /// @param passing as above
  ApiException(String message, boolean passing, Exception cause) {
    super(message, cause);
    this.passing = passing;
  }

  /// Whether the same question may be answered later, without a change of anything by hand.
  public boolean mayPass() {
    return passing;
  }
}
