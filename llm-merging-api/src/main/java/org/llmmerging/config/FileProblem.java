package org.llmmerging.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be read or written, for people. */
public final class FileProblem {
    private FileProblem() {}

    /** The reason without the file's name, which the message around it has. */
    public static String of(IOException failure) {
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "there is no such file";
            case FileAlreadyExistsException taken -> taken.getFile() + " is there already";
            case CharacterCodingException _ -> "it is not UTF-8";
            case FileSystemException problem when problem.getReason() != null -> problem.getReason();
            default -> failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        };
    }
}
