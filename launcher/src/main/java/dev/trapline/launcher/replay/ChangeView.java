package dev.trapline.launcher.replay;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Figures;
import dev.trapline.abi.Position;
import dev.trapline.abi.Visible;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.board.boot.ElfImage;
import dev.trapline.board.boot.ImageException;
import dev.trapline.board.boot.Symbols;
import dev.trapline.journal.RecordingReader;
import dev.trapline.launcher.output.Disassembler;
import dev.trapline.launcher.output.Json;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Positions;
import dev.trapline.timeline.MemoryRange;
import dev.trapline.timeline.search.LastWrite;
import dev.trapline.timeline.search.MemorySearch;
import dev.trapline.timeline.search.MemoryWriter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// The changes of memory and their writers, as text and as JSON.
final class ChangeView {

    private static final int BYTES_SHOWN = 16;

    private final RecordingReader recording;
    private final MemoryRange range;
    private final List<LastWrite> writes;
    private final GuestMemory memory;
    private final Symbols symbols;

    /// @param memory from which instructions are read
    ChangeView(RecordingReader recording, MemoryRange range, List<LastWrite> writes, GuestMemory memory) {
        this.recording = recording;
        this.range = range;
        this.writes = writes;
        this.memory = memory;
        this.symbols = symbols(recording);
    }

    private static Symbols symbols(RecordingReader recording) {
        try {
            return Symbols.of(recording.images());
        } catch (ImageException _) {
            return Symbols.NONE;
        }
    }

    private String instruction(MemorySearch.Store store) {
        GeneralRegisters registers = store.registers();
        ExecutionState state = StateView.executionState(
                registers, recording.header().spec().cpus().width());
        int length = Disassembler.length(memory, registers.pc(), state);
        return length == 0 ? "" : Disassembler.describe(memory.read(registers.pc(), length), registers.pc(), state);
    }

    /// As text, the last change first.
    String text(Position before) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s at %s, before %s%n",
                Figures.count(range.length(), "byte"),
                Json.hex(range.address()),
                before));
        for (LastWrite row : writes) {
            text.append(String.format(
                    Locale.ROOT, "%n%016x  %s%n", range.address() + row.offset(), Figures.count(row.length(), "byte")));
            MemorySearch.Change change = row.change();
            MemoryWriter writer = row.writer();
            MemorySearch.Store store = change == null ? null : change.store();
            if (store != null) {
                String instruction = instruction(store);
                text.append("  stored by ")
                        .append(store.vcpu())
                        .append(" at ")
                        .append(symbols.describe(store.registers().pc()))
                        .append(instruction.isEmpty() ? "" : "  " + instruction)
                        .append('\n');
            } else if (writer != null) {
                text.append("  ").append(text(writer)).append('\n');
            }
            if (change != null) {
                text.append(String.format(
                        Locale.ROOT,
                        "  position  %s%s, %.9f s%n  old       %s%n  new       %s%n",
                        position(change),
                        store == null ? ", after its exit" : "",
                        Figures.seconds(change.ticks()),
                        hex(change.old()),
                        hex(change.now())));
            }
        }
        return text.toString();
    }

    /// The writer in words, as the end of a sentence.
    private static String text(MemoryWriter writer) {
        return switch (writer.kind()) {
            case FIRMWARE -> "written by the firmware service '" + Visible.line(writer.name()) + "'";
            case RESET -> "the machine was reset, and its images were loaded again";
            case STOLEN_TIME -> "written by the machine: a vCPU's stolen time (PV time)";
            case IMAGE -> "loaded from the image '" + Visible.line(writer.name()) + "' at power-on";
            case NOBODY -> "not changed since power-on";
        };
    }

    /// The writer's name in JSON: `stolen-time`.
    private static String id(MemoryWriter.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String position(MemorySearch.Change change) {
        long instruction = change.position().instruction();
        return change.position().slice() + (instruction == 0 ? "" : ":" + instruction);
    }

    private static String hex(Bytes bytes) {
        int shown = Math.min(bytes.size(), BYTES_SHOWN);
        byte[] first = new byte[shown];
        bytes.copyTo(0, first, 0, shown);
        return HexFormat.ofDelimiter(" ").formatHex(first) + (shown < bytes.size() ? " ..." : "");
    }

    /// As JSON: one document on one line.
    String json(Position before) {
        return JsonObject.document("writes")
                .with("address", Json.hex(range.address()))
                .with("length", range.length())
                .with("before", Positions.json(before))
                .with("writes", writes.stream().map(this::json).toList())
                .line();
    }

    private JsonObject json(LastWrite row) {
        MemoryWriter writer = row.writer();
        JsonObject fields = new JsonObject()
                .with("address", Json.hex(range.address() + row.offset()))
                .with("length", row.length())
                .with("by", writer == null ? "guest" : id(writer.kind()));
        if (writer != null && !writer.name().isEmpty()) {
            fields.with(writer.kind() == MemoryWriter.Kind.IMAGE ? "image" : "service", writer.name());
        }
        MemorySearch.Change change = row.change();
        return change == null ? fields : fields.withAll(json(change));
    }

    private JsonObject json(MemorySearch.Change change) {
        MemorySearch.Store store = change.store();
        JsonObject fields = new JsonObject()
                .with(
                        "position",
                        Positions.json(
                                store == null
                                        ? Position.atExit(change.position().slice())
                                        : change.position()))
                .with("ticks", change.ticks());
        if (store != null) {
            long pc = store.registers().pc();
            ElfImage.Location symbol = symbols.at(pc);
            fields.with("vcpu", store.vcpu().index())
                    .with("pc", Json.hex(pc))
                    .withAny("symbol", symbol == null ? null : symbol.toString())
                    .with("text", instruction(store));
        }
        return fields.with("old", HexFormat.of().formatHex(change.old().toArray()))
                .with("new", HexFormat.of().formatHex(change.now().toArray()));
    }
}
