package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The answers of the general queries for one owner (DEN0028 §6.2).
///
/// @param isThere whether the queries are implemented
/// @param uid the UID of the implementation
/// @param revision its revision: major and minor
/// @param calls the number of the owner's functions, [#COUNTED] or [#NO_COUNT]
public record OwnerIdentity(boolean isThere, RegisterWrites uid, RegisterWrites revision, long calls) {

    /// The functions that the caller can reach are counted, up to SMCCC 1.2. From 1.3 on the query is not
    /// implemented.
    static final long COUNTED = -1;
    /// The query is not implemented.
    static final long NO_COUNT = -2;

    private static final String NONE = "none";
    private static final String AUTO = "auto";
    private static final Pattern REVISION = Pattern.compile("(?<major>\\d{1,5})\\.(?<minor>\\d{1,5})");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    /// Reads the settings.
    ///
    /// @param owner the prefix of its settings, such as `standard-secure`
    /// @throws IllegalArgumentException if a setting is invalid
    static OwnerIdentity of(String owner, ServiceContext context) {
        String uid = context.setting(owner + "-uid");
        boolean isThere = !uid.equals(NONE);
        return new OwnerIdentity(
                isThere,
                isThere ? Uid.of(owner + "-uid", uid) : RegisterWrites.NONE,
                revision(owner + "-revision", context.setting(owner + "-revision")),
                calls(owner + "-calls", context.setting(owner + "-calls")));
    }

    private static RegisterWrites revision(String key, String text) {
        Matcher revision = REVISION.matcher(text);
        if (!revision.matches()) {
            throw new IllegalArgumentException("'" + key + "' takes MAJOR.MINOR, as 1.0, not '" + text + "'");
        }
        return RegisterWrites.fromX0(Long.parseLong(revision.group("major")), Long.parseLong(revision.group("minor")));
    }

    private static long calls(String key, String text) {
        return switch (text) {
            case AUTO -> COUNTED;
            case NONE -> NO_COUNT;
            default -> {
                if (!NUMBER.matcher(text).matches()) {
                    throw new IllegalArgumentException(
                            "'" + key + "' takes auto, none or a number of calls, not '" + text + "'");
                }
                yield Long.parseLong(text);
            }
        };
    }

    /// Whether a query is answered in a version.
    boolean answers(GeneralQuery query, SmcccVersion version) {
        if (!isThere || query != GeneralQuery.CALL_COUNT) {
            return isThere;
        }
        return calls == COUNTED ? !version.isAtLeast(SmcccVersion.V1_3) : calls != NO_COUNT;
    }

    static List<Setting> settings(String owner, String calls, String uid) {
        return List.of(
                new Setting(owner + "-uid", uid, "UID of " + calls + ": a UUID, or none to leave the queries out"),
                ofQueries(owner, new Setting(owner + "-revision", "1.0", "revision of " + calls + ", as MAJOR.MINOR")),
                ofQueries(
                        owner,
                        new Setting(
                                owner + "-calls",
                                AUTO,
                                "call count of " + calls
                                        + ": auto (those that are implemented; no call count from SMCCC 1.3 on), none,"
                                        + " or a number")));
    }

    private static Setting ofQueries(String owner, Setting setting) {
        return setting.idleIf(owner + "-uid", List.of("none"), "this owner's queries are left out");
    }
}
