package dev.trapline.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;

/// A test that is done with many seeds, until one fails. That one is shrunk, recorded, and reported.
///
/// The property `trapline.seed` (`-Dtrapline.seed=17`) has it done with that seed alone.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Test
public @interface ExploreSeeds {

    /// How many seeds, 1 or more: 0, 1, 2, ...
    long value() default 100;

    /// How vCPUs get their turns: `random`, `jitter`, `pct:DEPTH` or `shared:DEPTH`.
    String schedule() default "random";

    /// Whether each seed has only some of the plan's faults.
    boolean swarm() default false;
}
