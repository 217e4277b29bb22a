#include "config.h"

#include "demo-jobs.h"

#include "demo-catalogue.h"
#include "demo-film.h"
#include "demo-picture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct
{
  const char *folder; /* (not owned) */
  const DemoOptions *options;
  DemoCatalogue catalogue;
  GPtrArray *jobs;   /* (owned) (element-type Job) */
  GHashTable *names; /* (owned) (element-type utf8): the files that a job makes */

  struct
  {
    GMutex mutex;
    guint done;
    GError *error; /* (owned) (nullable): the first */
  } locked;
} Run;

typedef struct Job Job;

struct Job
{
  char *name; /* (owned) */
  gboolean (*make) (Run *run, const Job *self, const char *path, GError **error);
  const DemoTitle *title; /* (not owned) */
  const DemoShow *show;   /* (not owned) */
  guint number;
};

static void
job_free (gpointer data)
{
  Job *self = data;

  g_free (self->name);
  g_free (self);
}

static gboolean
make_poster (Run *run, const Job *job, const char *path, GError **error)
{
  return demo_picture_poster (job->title, path, error);
}

static gboolean
make_backdrop (Run *run, const Job *job, const char *path, GError **error)
{
  return demo_picture_backdrop (job->title, path, error);
}

static gboolean
make_season (Run *run, const Job *job, const char *path, GError **error)
{
  return demo_picture_season (job->show, job->number, path, error);
}

static gboolean
make_still (Run *run, const Job *job, const char *path, GError **error)
{
  return demo_picture_still (job->show, job->number, path, error);
}

static gboolean
make_person (Run *run, const Job *job, const char *path, GError **error)
{
  return demo_picture_person (job->number, path, error);
}

static gboolean
make_film (Run *run, const Job *job, const char *path, GError **error)
{
  return demo_film_make (job->title, run->options->seconds, path, error);
}

static gboolean
make_small_film (Run *run, const Job *job, const char *path, GError **error)
{
  return demo_film_make_small (job->title, run->options->seconds, path, error);
}

/* Takes @name. A file that is there, or that another job makes, is not made again. */
static void
add_job (Run *run, char *name, Job job)
{
  g_autofree char *path = g_build_filename (run->folder, name, NULL);

  job.name = name;
  if (!g_hash_table_add (run->names, g_strdup (name)) || g_file_test (path, G_FILE_TEST_EXISTS))
    g_free (name);
  else
    g_ptr_array_add (run->jobs, g_memdup2 (&job, sizeof job));
}

static void
add_title (Run *run, const DemoTitle *title)
{
  add_job (run, demo_file_poster (title), (Job){ .make = make_poster, .title = title });
  add_job (run, demo_file_backdrop (title), (Job){ .make = make_backdrop, .title = title });
}

static void
add_show (Run *run, const DemoShow *show)
{
  add_title (run, &show->title);
  for (guint i = 0; i < DEMO_MAX_SEASONS && show->episodes[i] > 0; i++)
    add_job (run, demo_file_season (show, i),
             (Job){ .make = make_season, .show = show, .number = i });
  for (guint i = 0; i < demo_show_count_episodes (show); i++)
    add_job (run, demo_file_still (show, i),
             (Job){ .make = make_still, .show = show, .number = i });
}

static void
add_film (Run *run, const DemoTitle *title)
{
  const DemoTitle *film = demo_catalogue_film_of (&run->catalogue, title);

  add_job (run, demo_file_film (film), (Job){ .make = make_film, .title = film });
  if (film == title && demo_catalogue_has_small_film (film))
    add_job (run, demo_file_small_film (film), (Job){ .make = make_small_film, .title = film });
}

/* Films first: the longest work must not be left to the end. */
static void
add_all (Run *run)
{
  guint n_movies, n_shows;
  const DemoTitle *movies = demo_movies (&n_movies);
  const DemoShow *shows = demo_shows (&n_shows);

  for (guint i = 0; i < n_movies; i++)
    add_film (run, &movies[i]);
  for (guint i = 0; i < n_shows; i++)
    add_film (run, &shows[i].title);
  for (guint i = 0; i < n_movies; i++)
    add_title (run, &movies[i]);
  for (guint i = 0; i < n_shows; i++)
    add_show (run, &shows[i]);
  for (guint i = 0; i < DEMO_N_PEOPLE; i++)
    add_job (run, demo_file_person (i), (Job){ .make = make_person, .number = i });
}

static void
run_job_in_worker (gpointer data, gpointer user_data)
{
  const Job *job = data;
  Run *run = user_data;
  g_autofree char *path = g_build_filename (run->folder, job->name, NULL);
  g_autoptr (GError) error = NULL;
  gboolean skip;

  g_mutex_lock (&run->locked.mutex);
  skip = run->locked.error != NULL;
  g_mutex_unlock (&run->locked.mutex);
  if (!skip)
    job->make (run, job, path, &error);
  g_mutex_lock (&run->locked.mutex);
  run->locked.done++;
  if (error != NULL && run->locked.error == NULL)
    run->locked.error = g_steal_pointer (&error);
  if (isatty (STDERR_FILENO))
    g_printerr ("\rDrawing the demo library: %u of %u", run->locked.done, run->jobs->len);
  g_mutex_unlock (&run->locked.mutex);
}

static gboolean
run_jobs (Run *run, GError **error)
{
  int n = run->options->threads > 0 ? run->options->threads : (int) g_get_num_processors ();
  GThreadPool *pool = g_thread_pool_new (run_job_in_worker, run, n, TRUE, error);

  if (pool == NULL)
    return FALSE;
  for (guint i = 0; i < run->jobs->len; i++)
    g_thread_pool_push (pool, g_ptr_array_index (run->jobs, i), NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  if (run->jobs->len > 0 && isatty (STDERR_FILENO))
    g_printerr ("\n");
  if (run->locked.error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&run->locked.error));
  return FALSE;
}

static gboolean
fail_with_errno (const char *path, GError **error)
{
  int code = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", path,
               g_strerror (code));
  return FALSE;
}

/* Two runs at once do not disturb each other: the second waits and finds nothing left to do. */
static int
lock_folder (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, ".lock", NULL);
  int fd = open (path, O_CREAT | O_RDWR | O_CLOEXEC, 0644);

  if (fd < 0 || flock (fd, LOCK_EX) != 0)
    fail_with_errno (path, error);
  return fd;
}

static gboolean
is_stale (const char *name, gboolean all)
{
  return g_str_has_suffix (name, "~") ||
         (all && (g_str_has_suffix (name, ".jpg") || g_str_has_suffix (name, ".mkv") ||
                  g_str_has_suffix (name, ".json")));
}

static void
sweep (const char *folder, gboolean all)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (is_stale (name, all))
        g_unlink (path);
    }
}

/* What another version of this program drew, or for other options, is drawn anew. */
static gboolean
prepare_folder (const char *folder, const DemoOptions *options, GError **error)
{
  g_autofree char *path = g_build_filename (folder, ".version", NULL);
  g_autofree char *mine =
      g_strdup_printf ("%d %d %d\n", DEMO_VERSION, options->films, options->seconds);
  g_autofree char *theirs = NULL;
  gboolean same = g_file_get_contents (path, &theirs, NULL, NULL) && strcmp (mine, theirs) == 0;

  sweep (folder, !same);
  return same || g_file_set_contents (path, mine, -1, error);
}

static gboolean
make_all (Run *run, GError **error)
{
  g_autofree char *path = g_build_filename (run->folder, "catalogue.json", NULL);

  add_all (run);
  return run_jobs (run, error) &&
         ((run->jobs->len == 0 && g_file_test (path, G_FILE_TEST_EXISTS)) ||
          demo_catalogue_write (&run->catalogue, path, error));
}

gboolean
demo_jobs_run (const char *folder, const DemoOptions *options, GError **error)
{
  Run run = { .folder = folder, .options = options };
  gboolean made;
  int lock;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    return fail_with_errno (folder, error);
  lock = lock_folder (folder, error);
  if (lock < 0)
    return FALSE;
  run.catalogue = (DemoCatalogue){ options->films, (guint64) options->seconds * 1000 };
  run.jobs = g_ptr_array_new_with_free_func (job_free);
  run.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&run.locked.mutex);
  made = prepare_folder (folder, options, error) && make_all (&run, error);
  g_mutex_clear (&run.locked.mutex);
  g_hash_table_unref (run.names);
  g_ptr_array_unref (run.jobs);
  close (lock);
  return made;
}
