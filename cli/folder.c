/* folder.c: see folder.h. */
#include "cli/folder.h"

#include "base/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    cli *c;
    folder_files *out;
    size_t root; /* bytes of the operand and its '/', taken off names */
} walk;

static exit_code fault(cli *c, const char *path, const char *what)
{
    cli_error(c, NULL, "cannot read %s: %s", path, what);
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

static exit_code add_entry(walk *w, text path, int depth)
{
    struct stat st;
    if (lstat(path.p, &st) != 0)
        return fault(w->c, path.p, strerror(errno));
    if (S_ISLNK(st.st_mode) && (stat(path.p, &st) != 0 || S_ISDIR(st.st_mode)))
        return CODE_DONE;
    if (S_ISDIR(st.st_mode))
        return add_folder(w, path, depth + 1);
    return S_ISREG(st.st_mode) ? add_file(w, path) : CODE_DONE;
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
    walk w = {c, out, whole.n + 1};
    if (S_ISDIR(st.st_mode))
        return add_folder(&w, whole, 0);
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
