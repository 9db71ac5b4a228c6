package dev.trapline.launcher;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Position;
import dev.trapline.abi.Width;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.config.Quantities;
import dev.trapline.machine.VcpuView;
import dev.trapline.timeline.Playback;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// A machine at one position of its recording, as people and programs read it.
///
/// @param registers whether they are shown
/// @param disassembly whether the next instructions are shown
/// @param memory what is shown of it, in this order
record StateView(boolean registers, boolean disassembly, List<Stretch> memory) {

    private static final int REGISTERS_IN_A_ROW = 4;
    private static final int BYTES_IN_A_ROW = 16;
    private static final int INSTRUCTIONS = 8;
    private static final long T32 = 1 << 5;

    StateView {
        memory = List.copyOf(memory);
    }

    /// A stretch of guest memory.
    record Stretch(long address, int length) {

        /// The longest that is shown, in bytes.
        static final int LONGEST = 1 << 26;

        /// Understands a stretch.
        ///
        /// @param what takes it, for messages: `--memory`
        /// @param longest in bytes
        static Stretch parse(String what, String address, String length, int longest) {
            BigInteger from = Quantities.number(address);
            BigInteger bytes = Quantities.number(length);
            if (from == null || from.signum() < 0 || from.bitLength() > Long.SIZE || bytes == null) {
                throw CommandException.usage(what + " " + address + " " + length
                        + ": give an address and a length in bytes, as in " + what + " 0x40080000 64");
            }
            if (bytes.signum() <= 0 || bytes.compareTo(BigInteger.valueOf(longest)) > 0) {
                throw CommandException.usage(
                        what + " " + address + " " + length + ": a length is 1 to " + longest + " bytes");
            }
            return new Stretch(from.longValue(), bytes.intValueExact());
        }

        /// Reads it.
        ///
        /// @throws CommandException if it is not in memory
        Bytes read(GuestMemory from) {
            if (!from.contains(address, length)) {
                throw CommandException.usage(Figures.count(length, "byte") + " at " + Json.hex(address)
                        + " are not all in the machine's RAM or flash");
            }
            return from.read(address, length);
        }

        JsonObject json(GuestMemory from) {
            return new JsonObject()
                    .with("address", Json.hex(address))
                    .with("data", HexFormat.of().formatHex(read(from).toArray()));
        }
    }

    private record Line(long address, String code, String text) {}

    /// For people.
    String text(Playback playback, Position place, Width width) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%s, %.9f s%n", place, Figures.seconds(playback.now())));
        for (VcpuView vcpu : playback.vcpus()) {
            GeneralRegisters values = vcpu.registers();
            text.append(String.format(
                    "%n%s %s%s%n", vcpu.vcpu(), vcpu.state().description(), vcpu.next() ? ", runs next" : ""));
            if (registers && values != null) {
                append(text, values);
            }
            if (disassembly && values != null) {
                for (Line line : lines(playback.memory(), values, width)) {
                    text.append(String.format("  %016x  %-8s  %s%n", line.address(), line.code(), line.text()));
                }
            }
        }
        for (Stretch shown : memory) {
            append(text.append('\n'), shown.address(), shown.read(playback.memory()));
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

    /// For programs: one document on one line.
    String json(Playback playback, Position place, Width width) {
        List<Object> vcpus = new ArrayList<>();
        for (VcpuView vcpu : playback.vcpus()) {
            vcpus.add(json(vcpu, playback.memory(), width));
        }
        JsonObject document = JsonObject.document("machine-state")
                .with("position", Positions.json(place))
                .with("ticks", playback.now())
                .with("vcpus", vcpus);
        if (!memory.isEmpty()) {
            document.with(
                    "memory",
                    memory.stream()
                            .map(stretch -> stretch.json(playback.memory()))
                            .toList());
        }
        return document.line();
    }

    private JsonObject json(VcpuView vcpu, GuestMemory from, Width width) {
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
            for (Line line : lines(from, values, width)) {
                lines.add(new JsonObject()
                        .with("address", Json.hex(line.address()))
                        .with("code", line.code())
                        .with("text", line.text()));
            }
            fields.with("disassembly", lines);
        }
        return fields;
    }

    private static List<Line> lines(GuestMemory from, GeneralRegisters values, Width width) {
        ExecutionState state = executionState(values, width);
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

    /// What the instruction at PC is of.
    static ExecutionState executionState(GeneralRegisters values, Width width) {
        return switch (width) {
            case AARCH64 -> ExecutionState.A64;
            case AARCH32 -> (values.pstate() & T32) == 0 ? ExecutionState.A32 : ExecutionState.T32;
        };
    }

    /// As the manuals print an instruction: its words or halfwords, each with its highest byte first.
    private static String code(Bytes code) {
        StringBuilder text = new StringBuilder();
        for (int at = code.size() - 1; at >= 0; at--) {
            text.append(String.format("%02x", code.at(at)));
        }
        return text.toString();
    }
}
