/// What tells of tampering without a baseline or a threshold: each rule is a class that takes what
/// it needs, and gives a [io.halfsecond.collector.tamper.Finding].
@NullMarked
package io.halfsecond.collector.tamper;

import org.jspecify.annotations.NullMarked;
