package io.halfsecond.schemas.travel;

/// A schema that must not be used. Its message holds nothing that its writer could choose freely.
public final class RefusedSchemaException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  RefusedSchemaException(Refusal refusal, String message) {
    super(message);
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }
}
