package io.halfsecond.collector.inventory.process;

/// What is at the path of a file that a process has mapped, as this process sees it.
public enum AtPath {
  /** The mapped file. */
  SAME,
  /** Another file: the process's has lost its name. A package manager leaves it so. */
  REPLACED,
  /** Nothing: the process's has lost its name. */
  REMOVED,
  /** Another file, though the process's has its name still: a mount shows the process another. */
  HIDDEN,
  /** It never had a path: the file is in memory (memfd_create(2)). */
  NO_PATH,
  /** Nothing that this process may see. */
  NOT_SEEN;

  private static final String MEMORY = "/memfd:";

  /// @param sameFile whether the file at the path is the mapped one; false if there is none
  /// @param found whether this process sees a file there
  /// @param comparable whether the mapped file itself was found, and not only its mapping, and the
  ///   process has the same root directory as this one
  static AtPath of(Mapping mapping, boolean sameFile, boolean found, boolean comparable) {
    if (mapping.deleted()) {
      return mapping.path().startsWith(MEMORY) ? NO_PATH : found ? REPLACED : REMOVED;
    }
    if (sameFile) {
      return SAME;
    }
    // The device of a mapping alone is not that of stat(2) on every file system.
    return found && comparable ? HIDDEN : NOT_SEEN;
  }
}
