package io.halfsecond.deploy.topic;

/// Is told once that the brokers are away, and once that they are back.
@FunctionalInterface
public interface OutageListener {
  /// @param away whether they are now
  /// @param message for a person
  void told(boolean away, String message);
}
