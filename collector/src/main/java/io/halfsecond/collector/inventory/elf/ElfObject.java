package io.halfsecond.collector.inventory.elf;

import java.util.List;

/// What an ELF file says about itself.
///
/// @param wide whether it is a 64-bit object: the loader joins only objects of one width
/// @param soname DT_SONAME; empty if it has none
/// @param needed DT_NEEDED, in the file's order
/// @param rpath directories of DT_RPATH, `$ORIGIN` and the like unchanged
/// @param runpath directories of DT_RUNPATH, likewise
/// @param buildId NT_GNU_BUILD_ID in hexadecimal; empty if it has none
public record ElfObject(
    boolean wide,
    String soname,
    List<String> needed,
    List<String> rpath,
    List<String> runpath,
    String buildId) {
  public static final ElfObject UNREAD =
      new ElfObject(true, "", List.of(), List.of(), List.of(), "");

  public ElfObject {
    needed = List.copyOf(needed);
    rpath = List.copyOf(rpath);
    runpath = List.copyOf(runpath);
  }
}
