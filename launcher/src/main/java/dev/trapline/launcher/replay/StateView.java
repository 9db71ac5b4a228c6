package dev.trapline.launcher.replay;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Figures;
import dev.trapline.abi.Width;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.launcher.output.Disassembler;
import dev.trapline.launcher.output.Json;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Positions;
import dev.trapline.machine.VcpuView;
import dev.trapline.timeline.MachineView;
import dev.trapline.timeline.MemoryRange;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// A machine at one position of its recording, as text and as JSON.
///
/// @param registers whether they are shown
/// @param disassembly whether the next instructions are shown
/// @param memory the ranges of memory to show, in this order
record StateView(boolean registers, boolean disassembly, List<MemoryRange> memory) {

    /// The longest range that can be shown, in bytes.
    static final int LONGEST = 1 << 26;

    private static final int REGISTERS_IN_A_ROW = 4;
    private static final int BYTES_IN_A_ROW = 16;
    private static final int INSTRUCTIONS = 8;
    private static final long T32 = 1 << 5;

    StateView {
        memory = List.copyOf(memory);
    }

    private record Line(long address, String code, String text) {}

    /// Shows a machine, as JSON or as text.
    String print(MachineView machine, boolean asJson) {
        return asJson ? json(machine) : text(machine);
    }

    private String text(MachineView machine) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%s, %.9f s%n", machine.position(), Figures.seconds(machine.ticks())));
        for (VcpuView vcpu : machine.vcpus()) {
            GeneralRegisters values = vcpu.registers();
            text.append(String.format(
                    "%n%s %s%s%n", vcpu.vcpu(), vcpu.state().description(), vcpu.next() ? ", runs next" : ""));
            if (registers && values != null) {
                append(text, values);
            }
            if (disassembly && values != null) {
                for (Line line : lines(machine, values)) {
                    text.append(String.format("  %016x  %-8s  %s%n", line.address(), line.code(), line.text()));
                }
            }
        }
        for (MemoryRange shown : memory) {
            append(text.append('\n'), shown.address(), shown.read(machine.memory()));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, GeneralRegisters values) {
        for (int n = 0; n < GeneralRegisters.COUNT; n++) {
            text.append(String.format("  %-6s %016x", GeneralRegisters.nameOf(n), values.get(n)));
            if (n % REGISTERS_IN_A_ROW == REGISTERS_IN_A_ROW - 1 || n == GeneralRegisters.COUNT - 1) {
                text.append('\n');
            }
        }
    }

    private static void append(StringBuilder text, long address, Bytes bytes) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        for (int at = 0; at < bytes.size(); at += BYTES_IN_A_ROW) {
            byte[] row = new byte[Math.min(BYTES_IN_A_ROW, bytes.size() - at)];
            bytes.copyTo(at, row, 0, row.length);
            StringBuilder characters = new StringBuilder();
            for (byte b : row) {
                characters.append(b >= ' ' && b < 0x7f ? (char) b : '.');
            }
            text.append(String.format("%016x  %-47s  %s%n", address + at, hex.formatHex(row), characters));
        }
    }

    /// One document on one line.
    private String json(MachineView machine) {
        List<Object> vcpus = new ArrayList<>();
        for (VcpuView vcpu : machine.vcpus()) {
            vcpus.add(json(vcpu, machine));
        }
        JsonObject document = JsonObject.document("machine-state")
                .with("position", Positions.json(machine.position()))
                .with("ticks", machine.ticks())
                .with("vcpus", vcpus);
        if (!memory.isEmpty()) {
            document.with(
                    "memory",
                    memory.stream().map(range -> json(range, machine.memory())).toList());
        }
        return document.line();
    }

    private static JsonObject json(MemoryRange range, GuestMemory from) {
        return new JsonObject()
                .with("address", Json.hex(range.address()))
                .with("data", HexFormat.of().formatHex(range.read(from).toArray()));
    }

    private JsonObject json(VcpuView vcpu, MachineView machine) {
        JsonObject fields = new JsonObject()
                .with("vcpu", vcpu.vcpu().index())
                .with("state", vcpu.state().description())
                .with("next", vcpu.next());
        GeneralRegisters values = vcpu.registers();
        if (registers && values != null) {
            JsonObject named = new JsonObject();
            for (int n = 0; n < GeneralRegisters.COUNT; n++) {
                named.with(GeneralRegisters.nameOf(n), Json.hex(values.get(n)));
            }
            fields.with("registers", named);
        }
        if (disassembly && values != null) {
            List<Object> lines = new ArrayList<>();
            for (Line line : lines(machine, values)) {
                lines.add(new JsonObject()
                        .with("address", Json.hex(line.address()))
                        .with("code", line.code())
                        .with("text", line.text()));
            }
            fields.with("disassembly", lines);
        }
        return fields;
    }

    private static List<Line> lines(MachineView machine, GeneralRegisters values) {
        GuestMemory from = machine.memory();
        ExecutionState state = executionState(values, machine.width());
        List<Line> lines = new ArrayList<>();
        long at = values.pc();
        for (int n = 0; n < INSTRUCTIONS; n++) {
            int length = Disassembler.length(from, at, state);
            if (length == 0) {
                lines.add(new Line(at, "", "not in memory"));
                return lines;
            }
            Bytes code = from.read(at, length);
            lines.add(new Line(at, code(code), Disassembler.describe(code, at, state)));
            at += length;
        }
        return lines;
    }

    /// The symbol at PC.
    static ExecutionState executionState(GeneralRegisters values, Width width) {
        return switch (width) {
            case AARCH64 -> ExecutionState.A64;
            case AARCH32 -> (values.pstate() & T32) == 0 ? ExecutionState.A32 : ExecutionState.T32;
        };
    }

    /// The instruction as the manuals print it: words or halfwords, each with its highest byte first.
    private static String code(Bytes code) {
        StringBuilder text = new StringBuilder();
        for (int at = code.size() - 1; at >= 0; at--) {
            text.append(String.format("%02x", code.at(at)));
        }
        return text.toString();
    }
}
