package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The general queries of owners whose calls several services answer: the standard secure services (4) and the standard
/// hypervisor services (5). None of these services could answer for all. See DEN0028 §6.2.
enum GeneralQuery {
    /// The number of the owner's functions. Later issues of DEN0028 deprecate it.
    CALL_COUNT(0xff00),
    /// The UID of the implementation: w0 to w3.
    CALL_UID(0xff01),
    /// The revision of the owner's calls: major in w0, minor in w1.
    REVISION(0xff03);

    static final int STANDARD_SECURE = 4;
    static final int STANDARD_HYPERVISOR = 5;

    private static final int FIRST = 0xff00;
    private static final int LAST = 0xff03;

    private final int number;

    GeneralQuery(int number) {
        this.number = number;
    }

    /// The query with an identifier; null if there is none.
    static @Nullable GeneralQuery of(FunctionId id) {
        for (GeneralQuery query : values()) {
            if (id.equals(FunctionId.fast32(id.owner(), query.number))) {
                return query;
            }
        }
        return null;
    }

    static List<Claim> claims() {
        return List.of(claim(STANDARD_SECURE), claim(STANDARD_HYPERVISOR));
    }

    private static Claim claim(int owner) {
        return new Claim(FunctionId.fast32(owner, FIRST), FunctionId.fast32(owner, LAST));
    }

    /// All queries of all versions, as a descriptor lists them.
    static List<Function> described() {
        List<Function> described = new ArrayList<>();
        for (GeneralQuery query : values()) {
            described.add(query.described(STANDARD_SECURE, "STANDARD_SECURE_"));
            described.add(query.described(STANDARD_HYPERVISOR, "STANDARD_HYP_"));
        }
        return described;
    }

    private Function described(int owner, String prefix) {
        return new Function(
                FunctionId.fast32(owner, number),
                prefix + name(),
                List.of(),
                SmcccStatus.names(SmcccStatus.NOT_SUPPORTED));
    }
}
