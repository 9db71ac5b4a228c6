package dev.trapline.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;

/// A test whose run has these turns of vCPUs, and otherwise the usual order. `trapline explore` and `trapline minimize`
/// write such tests for the failures that they find.
///
/// Each line is a turn, or the early end of a round:
///
/// ```java
/// @Interleaving({
///     "first: vcpu0 for 1457 ticks",
///     "at 0.000026816 s, after vcpu1: vcpu0 for 1456 ticks",
///     "at 0.000320000 s: the round ends"
/// })
/// ```
///
/// The times are those of the vCPU whose turn was before. A turn whose place the run never reaches, as when the guest
/// has changed, is left out. So such a test shows a bug as long as the guest is as it was, and passes when the bug is
/// mended. Against other bugs, have a test with [ExploreSeeds] as well.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Test
public @interface Interleaving {

    /// The turns, in any order.
    String[] value();
}
