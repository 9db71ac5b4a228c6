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

/// Which part of a recording is played, and what is shown of it.
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
            description = "Print what the guest printed from here on. POS is a slice (120), an instruction in a slice"
                    + " (120:17), a call that is not answered yet (hypercall#9), a virtual time (1.5ms), start or end.")
    void from(@Nullable String value) {
        from = value;
    }

    @Option(names = "--to", paramLabel = "POS", order = 11, description = "Play no further than this (default end).")
    void to(@Nullable String value) {
        to = value;
    }

    @Option(
            names = "--at",
            paramLabel = "POS",
            order = 12,
            description = "Play up to this, and show the machine there instead of its console.")
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
            description = "With --at: LEN bytes at the physical address ADDR. May be given more than once.")
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

    /// Whether not all of the recording is to be played as it is.
    boolean areGiven() {
        return from != null || to != null || at != null;
    }

    /// Says which of them have no effect.
    void check(WithoutEffect rules) {
        if (at != null && (from != null || to != null)) {
            throw CommandException.usage(
                    "--at shows one position, and --from and --to print what lies between two: give one or the other");
        }
        rules.when(
                at == null,
                "it shows the machine at a position: name one with --at POS",
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

    /// The ranges of memory that are to be shown.
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
