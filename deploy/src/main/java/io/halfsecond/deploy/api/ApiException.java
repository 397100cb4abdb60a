package io.halfsecond.deploy.api;

/// The topology gives no answer. The message says why and what helps.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ApiException(String message) {
    super(message);
  }

  ApiException(String message, Exception cause) {
    super(message, cause);
  }
}
