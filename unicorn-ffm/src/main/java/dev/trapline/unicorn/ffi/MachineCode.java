package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.trapline.abi.engine.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Trapline's own machine code: bytes as text in `NAME.hex`, with the source in `NAME.s` next to it. A test assembles
/// the source and compares.
///
/// ```text
///  page 0      : the code, executable
///  page 1      : its data, in words
///  after that  : memory to which the data points
/// ```
public final class MachineCode {

    private MachineCode() {}

    /// The bytes of a routine.
    ///
    /// @throws EngineException if there is no code for that host
    public static byte[] bytes(String name, Host host) {
        if (host.machineCode().isEmpty()) {
            throw new EngineException("there is no machine code for " + host);
        }
        try (InputStream in = MachineCode.class.getResourceAsStream(host.machineCode() + "/" + name + ".hex")) {
            if (in == null) {
                throw new EngineException("there is no " + name + " for " + host);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
        } catch (IOException e) {
            throw new EngineException("cannot read " + name, e);
        }
    }

    /// Loads a routine into new pages. Its first byte is its entry.
    ///
    /// @param following bytes after its data
    /// @return the pages: the data at [NativePages#PAGE]
    public static MemorySegment load(byte[] code, long following, Arena arena) {
        MemorySegment pages = NativePages.map(2 * NativePages.PAGE + following, arena);
        MemorySegment.copy(code, 0, pages, JAVA_BYTE, 0, code.length);
        NativePages.makeExecutable(pages.asSlice(0, NativePages.PAGE));
        return pages;
    }
}
