/* folder.c: see folder.h. */
#include "cli/folder.h"

#include "base/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LEFT_OUT_SHOWN = 5 };

typedef struct {
    cli *c;
    folder_files *out;
    size_t root;     /* bytes of the operand and its '/', taken off names */
    size_t left_out; /* entries that are neither files nor folders, or links to folders */
    buffer shown;    /* some of them */
} walk;

static exit_code fault(cli *c, const char *path, const char *what)
{
    struct stat st;
    bool pipe = strcmp(path, "-") == 0 || (stat(path, &st) == 0 && S_ISFIFO(st.st_mode));
    cli_error(c, pipe ? "write what comes through a pipe into a file, and name that" : NULL,
              "cannot read %s: %s", path, what);
    return CODE_ERRORS;
}

static exit_code add_file(walk *w, text path)
{
    folder_file file = {.name = text_slice(path, w->root, path.n), .path = path};
    load_status s = file_probe(path.p, FOLDER_FILE_LARGEST, &file.size);
    if (s != LOAD_OK)
        return fault(w->c, path.p, load_status_text(s));
    if (w->out->n >= FOLDER_FILES)
        return fault(w->c, path.p, "there are too many files");
    vec_push(w->out, file);
    return CODE_DONE;
}

static int by_name(const void *x, const void *y)
{
    return text_compare(*(const text *)x, *(const text *)y);
}

static exit_code add_folder(walk *w, text path, int depth);

/* What is silently not looked at would pass for looked at. */
static void leave_out(walk *w, text path, const char *why)
{
    if (w->left_out++ < LEFT_OUT_SHOWN)
        buffer_printf(&w->shown, "%s%.*s (%s)", w->shown.n ? ", " : "",
                      TEXT_ARG(text_slice(path, w->root, path.n)), why);
}

static void say_left_out(walk *w, const char *path)
{
    if (w->left_out)
        cli_say(w->c, "warning: left out of %s: %.*s%s", path, TEXT_ARG(buffer_view(&w->shown)),
                w->left_out > LEFT_OUT_SHOWN ? ", and more" : "");
    buffer_release(&w->shown);
}

static exit_code add_entry(walk *w, text path, int depth)
{
    struct stat st;
    if (lstat(path.p, &st) != 0)
        return fault(w->c, path.p, strerror(errno));
    bool link = S_ISLNK(st.st_mode);
    if (link && stat(path.p, &st) != 0) {
        leave_out(w, path, "leads nowhere");
        return CODE_DONE;
    }
    if (S_ISREG(st.st_mode))
        return add_file(w, path);
    if (S_ISDIR(st.st_mode) && !link)
        return add_folder(w, path, depth + 1);
    leave_out(w, path, S_ISDIR(st.st_mode) ? "a link to a folder" : "no regular file");
    return CODE_DONE;
}

static exit_code add_folder(walk *w, text path, int depth)
{
    if (depth > FOLDER_DEPTH)
        return fault(w->c, path.p, "folders are nested too deeply");
    DIR *d = opendir(path.p);
    if (!d)
        return fault(w->c, path.p, strerror(errno));
    VEC(text) entries = {0};
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            vec_push(&entries, text_format(&w->c->memory, "%.*s/%s", TEXT_ARG(path), e->d_name));
    closedir(d);
    if (entries.n)
        qsort(entries.p, entries.n, sizeof *entries.p, by_name);
    exit_code code = CODE_DONE;
    for (size_t i = 0; i < entries.n && code == CODE_DONE; i++)
        code = add_entry(w, entries.p[i], depth);
    vec_release(&entries);
    return code;
}

exit_code folder_list(cli *c, const char *path, folder_files *out)
{
    struct stat st;
    text whole = text_of(path);
    while (whole.n > 1 && whole.p[whole.n - 1] == '/')
        whole.n--;
    whole = text_copy(&c->memory, whole);
    if (stat(path, &st) != 0)
        return fault(c, path, strerror(errno));
    walk w = {.c = c, .out = out, .root = whole.n + 1};
    if (S_ISDIR(st.st_mode)) {
        exit_code code = add_folder(&w, whole, 0);
        say_left_out(&w, path);
        return code;
    }
    const char *slash = strrchr(whole.p, '/');
    w.root = slash ? (size_t)(slash - whole.p) + 1 : 0;
    return add_file(&w, whole);
}

exit_code folder_load(cli *c, folder_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        folder_file *f = &files->p[i];
        bool mapped;
        load_status s =
            f->bytes.p ? LOAD_OK
                       : file_view(&c->memory, f->path.p, FOLDER_FILE_LARGEST, &f->bytes, &mapped);
        if (s != LOAD_OK)
            return fault(c, f->path.p, load_status_text(s));
    }
    return CODE_DONE;
}

exit_code folder_read(cli *c, const char *path, folder_files *out)
{
    exit_code code = folder_list(c, path, out);
    return code == CODE_DONE ? folder_load(c, out) : code;
}
