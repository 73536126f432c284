/* Starts the program from the folder this file lies in: loads python\python311.dll and runs app\main.py.
   Built twice by build_windows.py: CleanAudit.exe (no console) and CleanAuditConsole.exe (for scripts). */
#include <windows.h>
#include <shellapi.h>
#include <wchar.h>

typedef int (*PyMain)(int, wchar_t **);

#define LONG_PATH 32768

static int stop(const wchar_t *text) {
#ifdef CONSOLE
    char bytes[512];
    DWORD written;
    int length = WideCharToMultiByte(GetConsoleOutputCP(), 0, text, -1, bytes, sizeof bytes, NULL, NULL);
    if (length > 1) WriteFile(GetStdHandle(STD_ERROR_HANDLE), bytes, length - 1, &written, NULL);
#else
    MessageBoxW(NULL, text, L"清审通", MB_ICONERROR);
#endif
    return 2;
}

static int start(void) {
    /* Held until the process ends: setup.nsi looks for it. */
    CreateMutexW(NULL, FALSE, L"CleanAudit.running");
    static wchar_t folder[LONG_PATH], path[LONG_PATH + 32], program[LONG_PATH + 32];
    DWORD length = GetModuleFileNameW(NULL, folder, LONG_PATH);
    if (length == 0 || length >= LONG_PATH) return stop(L"安装路径太长。装到短一些的文件夹里再试。");
    wchar_t *slash = wcsrchr(folder, L'\\');
    if (slash) *slash = 0;
    swprintf(path, LONG_PATH + 32, L"%ls\\python", folder);
    SetDllDirectoryW(path);
    swprintf(path, LONG_PATH + 32, L"%ls\\python\\python311.dll", folder);
    HMODULE library = LoadLibraryExW(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    PyMain run = library ? (PyMain)(void *)GetProcAddress(library, "Py_Main") : NULL;
    if (!run) return stop(L"程序文件不完整。重新安装一次，案卷不会动。");
    int count;
    wchar_t **given = CommandLineToArgvW(GetCommandLineW(), &count);
    swprintf(program, LONG_PATH + 32, L"%ls\\app\\main.py", folder);
    wchar_t **arguments = (wchar_t **)LocalAlloc(LPTR, sizeof(wchar_t *) * (count + 4));
    int n = 0;
    arguments[n++] = given[0];
    arguments[n++] = L"-X";
    arguments[n++] = L"utf8";
    arguments[n++] = program;
    for (int i = 1; i < count; i++) arguments[n++] = given[i];
    return run(n, arguments);
}

#ifdef CONSOLE
int wmain(void) { return start(); }
#else
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, PWSTR command, int show) {
    (void)instance; (void)previous; (void)command; (void)show;
    return start();
}
#endif
