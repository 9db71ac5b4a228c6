package dev.trapline.launcher;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Position;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.board.boot.ElfImage;
import dev.trapline.board.boot.ImageException;
import dev.trapline.board.boot.Symbols;
import dev.trapline.journal.RecordingReader;
import dev.trapline.timeline.Playback;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Who changed memory, as people and programs read it.
final class ChangeView {

    private static final int BYTES_SHOWN = 16;

    private final RecordingReader recording;
    private final BootPlan boot;
    private final StateView.Stretch range;
    private final Symbols symbols;
    private final List<Row> rows = new ArrayList<>();

    /// One answer for a range of neighbouring bytes.
    ///
    /// @param change null if nothing changed them since power-on
    /// @param writer who did; null if a store of the guest did
    /// @param instruction that stored; empty if none did
    private record Row(
            int offset,
            int length,
            MemorySearch.@Nullable Change change,
            @Nullable Writer writer,
            String instruction) {}

    /// @param playback of the recording, to read instructions from its memory
    ChangeView(RecordingReader recording, StateView.Stretch range, MemorySearch search, Playback playback) {
        this.recording = recording;
        this.boot = playback.boot();
        this.range = range;
        this.symbols = symbols(recording);
        for (MemorySearch.Change change : search.changes()) {
            int length = change.now().size();
            Writer writer = change.store() != null
                    ? null
                    : Writer.behind(recording, change.position().slice(), range.address() + change.offset(), length);
            rows.add(new Row(change.offset(), length, change, writer, instruction(change.store(), playback.memory())));
        }
        BitSet unchanged = search.unchanged();
        for (int from = unchanged.nextSetBit(0); from >= 0; ) {
            int to = Math.min(unchanged.nextClearBit(from), range.length());
            addAtPowerOn(from, to);
            from = unchanged.nextSetBit(to);
        }
    }

    /// Neighbours may come from different images.
    private void addAtPowerOn(int from, int to) {
        Writer.AtPowerOn writers = new Writer.AtPowerOn(recording, boot);
        int begin = from;
        Writer writer = writers.of(range.address() + from);
        for (int at = from + 1; at < to; at++) {
            Writer next = writers.of(range.address() + at);
            if (!next.equals(writer)) {
                rows.add(new Row(begin, at - begin, null, writer, ""));
                begin = at;
                writer = next;
            }
        }
        rows.add(new Row(begin, to - begin, null, writer, ""));
    }

    private static Symbols symbols(RecordingReader recording) {
        try {
            return Symbols.of(recording.images());
        } catch (ImageException _) {
            return Symbols.NONE;
        }
    }

    private String instruction(MemorySearch.@Nullable Store store, GuestMemory memory) {
        if (store == null) {
            return "";
        }
        GeneralRegisters registers = store.registers();
        ExecutionState state = StateView.executionState(
                registers, recording.header().spec().cpus().width());
        int length = Disassembler.length(memory, registers.pc(), state);
        return length == 0 ? "" : Disassembler.describe(memory.read(registers.pc(), length), registers.pc(), state);
    }

    /// For people: the last change first.
    String text(Position before) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s at %s, before %s%n",
                Figures.count(range.length(), "byte"),
                Json.hex(range.address()),
                before));
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT, "%n%016x  %s%n", range.address() + row.offset(), Figures.count(row.length(), "byte")));
            MemorySearch.Change change = row.change();
            Writer writer = row.writer();
            MemorySearch.Store store = change == null ? null : change.store();
            if (store != null) {
                text.append("  stored by ")
                        .append(store.vcpu())
                        .append(" at ")
                        .append(symbols.describe(store.registers().pc()))
                        .append(row.instruction().isEmpty() ? "" : "  " + row.instruction())
                        .append('\n');
            } else if (writer != null) {
                text.append("  ").append(writer.text()).append('\n');
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

    /// For programs: one document on one line.
    String json(Position before) {
        List<Object> writes = new ArrayList<>();
        rows.forEach(row -> writes.add(json(row)));
        return JsonObject.document("writes")
                .with("address", Json.hex(range.address()))
                .with("length", range.length())
                .with("before", Positions.json(before))
                .with("writes", writes)
                .line();
    }

    private JsonObject json(Row row) {
        Writer writer = row.writer();
        JsonObject fields = new JsonObject()
                .with("address", Json.hex(range.address() + row.offset()))
                .with("length", row.length())
                .with("by", writer == null ? "guest" : writer.kind().id());
        if (writer != null && !writer.name().isEmpty()) {
            fields.with(writer.kind() == Writer.Kind.IMAGE ? "image" : "service", writer.name());
        }
        MemorySearch.Change change = row.change();
        return change == null ? fields : fields.withAll(json(change, row.instruction()));
    }

    private JsonObject json(MemorySearch.Change change, String instruction) {
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
                    .with("text", instruction);
        }
        return fields.with("old", HexFormat.of().formatHex(change.old().toArray()))
                .with("new", HexFormat.of().formatHex(change.now().toArray()));
    }
}
