package dev.trapline.launcher.replay;

import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.MemoryRangeText;
import dev.trapline.launcher.options.PositionText;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.timeline.MemoryRange;
import dev.trapline.timeline.PositionQuery;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options for the part of a recording to replay, and for what to show.
final class SeekOptions {

    private static final int MEMORY_ARGUMENTS = 2;

    private @Nullable String from;
    private @Nullable String to;
    private @Nullable String at;
    private boolean registers;
    private List<String> memory = List.of();
    private boolean disassemble;

    @Mixin
    private final FormatOption format = new FormatOption();

    @Option(
            names = "--from",
            paramLabel = "POS",
            order = 10,
            description = "Print console output from this position on. POS is a slice (120), an instruction in "
                    + "a slice (120:17), a call before its answer (hypercall#9), a virtual time (1.5ms), start "
                    + "or end.")
    void from(@Nullable String value) {
        from = value;
    }

    @Option(names = "--to", paramLabel = "POS", order = 11, description = "Replay up to this position (default end).")
    void to(@Nullable String value) {
        to = value;
    }

    @Option(
            names = "--at",
            paramLabel = "POS",
            order = 12,
            description = "Replay up to this position, and show the machine there instead of its console.")
    void at(@Nullable String value) {
        at = value;
    }

    @Option(names = "--registers", order = 13, description = "With --at: the registers of each vCPU (the default).")
    void registers(boolean given) {
        registers = given;
    }

    @Option(
            names = "--memory",
            paramLabel = "ADDR LEN",
            arity = "2",
            order = 14,
            description = "With --at: LEN bytes at the physical address ADDR. May be repeated.")
    void memory(@Nullable List<String> values) {
        memory = values == null ? List.of() : List.copyOf(values);
    }

    @Option(
            names = "--disassemble",
            order = 15,
            description = "With --at: the next instructions of each vCPU, by physical address.")
    void disassemble(boolean given) {
        disassemble = given;
    }

    /// Whether only a part is replayed, or a position is shown.
    boolean areGiven() {
        return from != null || to != null || at != null;
    }

    /// Adds rules for the options without effect.
    void check(WithoutEffect rules) {
        if (at != null && (from != null || to != null)) {
            throw CommandException.usage(
                    "--at shows one position, and --from and --to print the console between two: use one or the "
                            + "other");
        }
        rules.when(
                at == null,
                "it shows the machine at a position: add --at POS",
                "--registers",
                "--memory",
                "--disassemble");
    }

    @Nullable
    PositionQuery from() {
        return from == null ? null : PositionText.parse("--from", from);
    }

    @Nullable
    PositionQuery to() {
        return to == null ? null : PositionText.parse("--to", to);
    }

    @Nullable
    PositionQuery at() {
        return at == null ? null : PositionText.parse("--at", at);
    }

    boolean registers() {
        return registers || (memory.isEmpty() && !disassemble);
    }

    boolean disassemble() {
        return disassemble;
    }

    /// The ranges of memory to show.
    List<MemoryRange> memory() {
        List<MemoryRange> ranges = new ArrayList<>();
        for (int n = 0; n + 1 < memory.size(); n += MEMORY_ARGUMENTS) {
            ranges.add(MemoryRangeText.parse("--memory", memory.get(n), memory.get(n + 1), StateView.LONGEST));
        }
        return ranges;
    }

    boolean isJson() {
        return format.isJson();
    }
}
