package dev.trapline.unicorn;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.testkit.Assembler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A guest that reads every possible system register: op0 2 and 3, all of op1, CRn, CRm and op2.
final class SystemRegisterDump {

    private static final int MRS_X0 = 0xd530_0000;
    private static final int HVC = 0xd400_0002;

    private SystemRegisterDump() {}

    /// The registers that can be read at EL1, as `register=value`, and the full digest after that.
    static List<String> of(EngineFactory engines, CpuModel model) {
        List<String> dump = new ArrayList<>();
        byte[] nothing = Assembler.word(HVC);
        try (Snippet guest = Snippet.with(engines, model, nothing)) {
            for (int encoding = SystemRegister.of(2, 0, 0, 0, 0); encoding <= 0xffff; encoding++) {
                int word = (MRS_X0 & ~(3 << 19)) | (encoding << 5);
                guest.write(Snippet.BASE, Assembler.word(word));
                guest.write(Snippet.BASE + 4, Assembler.word(HVC));
                guest.engine().dropTranslations(Snippet.BASE, 8);
                guest.engine().writePc(Snippet.BASE);
                // Time passes, partly inside slices, so that the host's clock would be noticed.
                if (guest.engine().run(2, 1000L * encoding, 0) instanceof HypercallExit exit) {
                    dump.add(SystemRegister.name(encoding) + "="
                            + Long.toHexString(exit.registers().x(0)));
                }
            }
            dump.add("digest=" + Long.toHexString(guest.engine().fullDigest()));
        }
        return dump;
    }

    /// Prints a summary, for a test that compares processes.
    public static void main(String[] arguments) {
        byte[] line = DigestTest.summary(Snippet.engines()).getBytes(StandardCharsets.UTF_8);
        System.out.write(line, 0, line.length);
        System.out.flush();
    }
}
