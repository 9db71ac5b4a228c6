package dev.trapline.launcher.explore;

import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.config.Quantities;
import dev.trapline.explore.Subject;
import dev.trapline.launcher.options.PositionText;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.timeline.PositionQuery;
import java.math.BigInteger;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options for where explored runs begin, and how long they are.
final class BeginningOptions {

    private @Nullable Path from;
    private @Nullable String at;
    private @Nullable String length;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            order = 14,
            description = "Let all runs begin at a place of this recording. It says what the machine is, so there is "
                    + "no IMAGE.")
    void from(@Nullable Path value) {
        from = value;
    }

    @Option(
            names = "--at",
            paramLabel = "POS",
            order = 15,
            description = "With --from: the place. POS is as for 'trapline replay --at' (default end). Runs begin at "
                    + "the next slice.")
    void at(@Nullable String value) {
        at = value;
    }

    @Option(
            names = "--for",
            paramLabel = "TIME",
            order = 16,
            description = "End each run after this much virtual time, as in 50ms. A run that ends so has not failed.")
    void length(@Nullable String value) {
        length = value;
    }

    /// The recording; null if runs begin at power-on.
    @Nullable
    Path from() {
        return from;
    }

    /// Adds a rule for the options without effect.
    WithoutEffect check(WithoutEffect rules) {
        return rules.when(from == null, "it is a place in the recording of --from", "--at");
    }

    /// The place in the recording.
    PositionQuery at() {
        return at == null ? new PositionQuery.End() : PositionText.parse("--at", at);
    }

    /// How long runs are, in ticks.
    long length() {
        if (length == null) {
            return Subject.UNLIMITED;
        }
        BigInteger ticks = Quantities.ticks(length);
        BigInteger most = BigInteger.valueOf(MachineSpec.LAST_DEADLINE);
        if (ticks != null && ticks.signum() > 0 && ticks.compareTo(most) <= 0) {
            return ticks.longValueExact();
        }
        throw CommandException.usage(
                "--for '" + length + "' is no time that a run can last: give one with its unit, as in 50ms");
    }
}
