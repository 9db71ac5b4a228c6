package dev.trapline.launcher;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.journal.RecordingReader;
import dev.trapline.vcpu.boot.ElfImage;
import dev.trapline.vcpu.boot.ImageException;
import dev.trapline.vcpu.boot.Symbols;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who changed memory, as people and programs read it.
final class ChangeView {

    private static final int BYTES_SHOWN = 16;

    private final RecordingReader recording;
    private final StateView.Stretch range;
    private final Symbols symbols;
    private final List<Row> rows = new ArrayList<>();

    /// What is said of some neighbouring bytes.
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

    /// @param memory of the guest, to read instructions from
    ChangeView(RecordingReader recording, StateView.Stretch range, MemorySearch search, GuestMemory memory) {
        this.recording = recording;
        this.range = range;
        this.symbols = symbols(recording);
        for (MemorySearch.Change change : search.changes()) {
            int length = change.now().size();
            Writer writer = change.store() != null
                    ? null
                    : Writer.behind(recording, change.position().slice(), range.address() + change.offset(), length);
            rows.add(new Row(change.offset(), length, change, writer, instruction(change.store(), memory)));
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
        Writer.AtPowerOn writers = new Writer.AtPowerOn(recording);
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
        ExecutionState state =
                StateView.executionState(registers, recording.header().spec().width());
        int length = Disassembler.length(memory, registers.pc(), state);
        return length == 0 ? "" : Disassembler.describe(memory.read(registers.pc(), length), registers.pc(), state);
    }

    /// For people: the last change first.
    String text(Place.Found before) {
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

    /// For programs: one object on one line.
    String json(Place.Found before) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("address", Json.hex(range.address()));
        fields.put("length", range.length());
        fields.put("before", position(before));
        List<Object> changes = new ArrayList<>();
        rows.forEach(row -> changes.add(fields(row)));
        fields.put("writes", changes);
        return Json.of(fields) + "\n";
    }

    private static Map<String, Object> position(Place.Found found) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("slice", found.position().slice());
        if (found.atExit()) {
            fields.put("phase", "exit");
        } else {
            fields.put("instruction", found.position().instruction());
        }
        return fields;
    }

    private Map<String, Object> fields(Row row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("address", Json.hex(range.address() + row.offset()));
        fields.put("length", row.length());
        MemorySearch.Change change = row.change();
        Writer writer = row.writer();
        fields.put("by", writer == null ? "guest" : writer.kind().id());
        if (writer != null && !writer.name().isEmpty()) {
            fields.put(writer.kind() == Writer.Kind.IMAGE ? "image" : "service", writer.name());
        }
        if (change != null) {
            fields.put("position", position(new Place.Found(change.position(), change.store() == null)));
            fields.put("ticks", change.ticks());
        }
        MemorySearch.Store store = change == null ? null : change.store();
        if (store != null) {
            long pc = store.registers().pc();
            fields.put("vcpu", store.vcpu().index());
            fields.put("pc", Json.hex(pc));
            ElfImage.Location symbol = symbols.at(pc);
            if (symbol != null) {
                fields.put("symbol", symbol.toString());
            }
            fields.put("instruction", row.instruction());
        }
        if (change != null) {
            fields.put("old", HexFormat.of().formatHex(change.old().toArray()));
            fields.put("new", HexFormat.of().formatHex(change.now().toArray()));
        }
        return fields;
    }
}
