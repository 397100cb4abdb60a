package io.halfsecond.collector.source.log;

import java.nio.file.Path;
import java.util.Optional;

/// Where reading stopped, and in which file. The name does not identify a file that is rotated.
///
/// @param file as configured
/// @param identity device and inode
/// @param offset the end of the last whole line that was read
/// @param headLength the number of first bytes that are hashed
/// @param headHash distinguishes a truncated or reused inode from the file that was read
record TailPosition(Path file, String identity, long offset, int headLength, String headHash) {
  /// Two or three lines with their times.
  static final int MAX_HEAD = 256;

  private static final String VERSION = "1";

  String toText() {
    return String.join(
            " ",
            VERSION,
            identity,
            Long.toString(offset),
            Integer.toString(headLength),
            headHash,
            file.toString())
        + "\n";
  }

  /// @return empty if the text is of another version or damaged
  static Optional<TailPosition> fromText(String text) {
    String[] words = text.strip().split(" ", 6);
    if (words.length != 6 || !words[0].equals(VERSION)) {
      return Optional.empty();
    }
    try {
      var position =
          new TailPosition(
              Path.of(words[5]),
              words[1],
              Long.parseLong(words[2]),
              Integer.parseInt(words[3]),
              words[4]);
      boolean possible =
          position.headLength >= 0
              && position.headLength <= MAX_HEAD
              && position.offset >= position.headLength;
      return possible ? Optional.of(position) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
