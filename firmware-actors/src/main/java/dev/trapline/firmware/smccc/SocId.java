package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.smccc.SmcccCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The answers of SMCCC_ARCH_SOC_ID (DEN0028 §7.4).
///
/// @param version JEP-106 bank in bits 30:24, JEP-106 code in bits 23:16, the manufacturer's number of the SoC in bits
///     15:0; negative if the call is not implemented
/// @param revision 0 or more
/// @param name printable ASCII, at most [#NAME_BYTES] - 1 characters; empty if there is none
record SocId(int version, int revision, String name) {

    /// The space for the name and its terminating zero byte: x1 to x17.
    static final int NAME_BYTES = 17 * Long.BYTES;

    private static final int ABSENT = -1;
    private static final int TYPE_VERSION = 0;
    private static final int TYPE_REVISION = 1;
    private static final int TYPE_NAME = 2;

    /// Reads the settings `soc-version`, `soc-revision` and `soc-name`.
    ///
    /// @throws IllegalArgumentException if one of them is invalid
    static SocId of(ServiceContext context) {
        String version = context.setting("soc-version");
        String name = context.setting("soc-name");
        if (name.length() >= NAME_BYTES || name.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "'soc-name' takes at most " + (NAME_BYTES - 1) + " printable ASCII characters, not '" + name + "'");
        }
        return new SocId(
                version.equals("none") ? ABSENT : number("soc-version", "none, or ", version),
                number("soc-revision", "", context.setting("soc-revision")),
                name);
    }

    private static int number(String key, String or, String text) {
        try {
            int value = Integer.decode(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Not a number: reported below, like a number out of range.
        }
        throw new IllegalArgumentException("'" + key + "' takes " + or + "0 to 0x7fffffff, not '" + text + "'");
    }

    boolean isPresent() {
        return version != ABSENT;
    }

    /// Answers the call. The type is uint32 in both conventions. The procedure call standard does not define the
    /// upper half of a register that contains a uint32 (AAPCS64 §6.8.2), so it is ignored. TF-A's `smccc_arch_id`
    /// compares the whole register in the 64-bit convention.
    RegisterWrites answer(SmcccCall call) {
        int type = (int) call.argument(1);
        if (type == TYPE_VERSION) {
            return RegisterWrites.x0(version);
        }
        if (type == TYPE_REVISION) {
            return RegisterWrites.x0(revision);
        }
        if (type == TYPE_NAME && call.functionId().is64()) {
            return name.isEmpty() ? RegisterWrites.x0(SmcccStatus.NOT_SUPPORTED.code()) : nameInRegisters();
        }
        return RegisterWrites.x0(SmcccStatus.INVALID_PARAMETER.code());
    }

    /// SUCCESS in x0, then eight bytes in each register, the first in the lowest bits.
    private RegisterWrites nameInRegisters() {
        ByteBuffer bytes = ByteBuffer.allocate(NAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(name.getBytes(StandardCharsets.US_ASCII)).rewind();
        long[] registers = new long[1 + NAME_BYTES / Long.BYTES];
        registers[0] = SmcccStatus.SUCCESS.code();
        bytes.asLongBuffer().get(registers, 1, registers.length - 1);
        return RegisterWrites.fromX0(registers);
    }
}
