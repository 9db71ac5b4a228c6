package dev.trapline.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Converts jars whose classes are in a format older than Java 6. The JVM does not put such classes into its
/// ahead-of-time cache, because they can only be verified when they are loaded. Newer formats have a table
/// (StackMapTable) with what the verifier would have to compute. The same classes are written in a newer format, with
/// that table.
final class OldClasses {

    /// The first class file format with the table.
    private static final int WITH_TABLE = ClassFile.JAVA_6_VERSION;

    /// The format to write: the oldest that current tools support.
    private static final int WRITTEN = ClassFile.JAVA_8_VERSION;

    private OldClasses() {}

    /// Rewrites a jar if it has such classes. A signed jar is left unchanged, and so is a jar whose rewritten
    /// classes do not pass the JVM's verifier.
    ///
    /// @return whether the jar was rewritten
    /// @throws IOException if it cannot be read or written
    static boolean renew(Path jar) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : Collections.list(file.entries())) {
                try (InputStream in = file.getInputStream(entry)) {
                    entries.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        if (entries.values().stream().noneMatch(OldClasses::isOld)
                || entries.keySet().stream().anyMatch(name -> name.matches("META-INF/[^/]*\\.SF"))) {
            return false;
        }
        ClassFile classes = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(
                        ClassHierarchyResolver.ofClassLoading(OldClasses.class.getClassLoader())));
        try {
            entries.replaceAll((_, content) -> isOld(content) ? renewed(classes, content) : content);
        } catch (IllegalArgumentException e) {
            return false;
        }
        Path written = jar.resolveSibling(jar.getFileName() + ".new");
        try (OutputStream out = Files.newOutputStream(written);
                JarOutputStream file = new JarOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                file.putNextEntry(new JarEntry(entry.getKey()));
                file.write(entry.getValue());
                file.closeEntry();
            }
        }
        Files.move(written, jar, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    private static boolean isOld(byte[] content) {
        // A class file begins with its magic number, and its format's minor and major number.
        return content.length > 8
                && content[0] == (byte) 0xca
                && content[1] == (byte) 0xfe
                && content[2] == (byte) 0xba
                && content[3] == (byte) 0xbe
                && (((content[6] & 0xff) << 8) | (content[7] & 0xff)) < WITH_TABLE;
    }

    /// @throws IllegalArgumentException if the class cannot be written in another format
    private static byte[] renewed(ClassFile classes, byte[] old) {
        ClassModel model = classes.parse(old);
        byte[] written = classes.transformClass(
                model,
                ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                        .andThen(ClassTransform.dropping(element -> element instanceof ClassFileVersion))
                        .andThen(ClassTransform.endHandler(builder -> builder.withVersion(WRITTEN, 0))));
        if (!classes.verify(written).isEmpty()) {
            throw new IllegalArgumentException(
                    "the verifier refuses " + model.thisClass().asInternalName());
        }
        return written;
    }
}
