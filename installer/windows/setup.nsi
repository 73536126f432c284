; Per-user setup, no administrator rights. New files are unpacked beside the old ones and put in place only when all are
; there, so a full disk or a running program leaves the installed version as it was. Audits and settings are never touched.
Target amd64-unicode
Unicode true
SetCompressor /SOLID lzma
!include "MUI2.nsh"
!include "WinVer.nsh"
!include "FileFunc.nsh"
!include "WordFunc.nsh"
!include "LogicLib.nsh"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\CleanAudit"
Name "清审通"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\CleanAudit"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
RequestExecutionLevel user
BrandingText "清审通 ${VERSION}"
!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEPAGE_TEXT "把清审通 ${VERSION} 装到当前用户名下，不需要管理员权限。$\r$\n$\r$\n已有的案卷不会动。点「下一步」继续。"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\CleanAudit.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=2052 "ProductName" "清审通"
VIAddVersionKey /LANG=2052 "CompanyName" "CleanAudit contributors"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "FileDescription" "清审通 安装程序"
VIAddVersionKey /LANG=2052 "LegalCopyright" "MIT"

; Tell the user and leave with `code`: 2 cannot be done here, 3 newer version installed, 4 program is running.
!macro Refuse code text
  IfSilent +2
    MessageBox MB_ICONSTOP "${text}"
  SetErrorLevel ${code}
  Quit
!macroend

; The launcher holds this mutex as long as the program runs (launcher.c).
!macro RefuseWhenRunning text
  System::Call 'kernel32::OpenMutexW(i 0x100000, i 0, w "CleanAudit.running") p .r0'
  ${If} $0 P<> 0
    System::Call 'kernel32::CloseHandle(p r0)'
    !insertmacro Refuse 4 "${text}"
  ${EndIf}
!macroend

; Every part of an installed copy; python first, because a program running in another session keeps files in it.
!macro EachPart do from to
  !insertmacro ${do} "${from}" "${to}" "python"
  !insertmacro ${do} "${from}" "${to}" "site"
  !insertmacro ${do} "${from}" "${to}" "app"
  !insertmacro ${do} "${from}" "${to}" "CleanAuditConsole.exe"
  !insertmacro ${do} "${from}" "${to}" "CleanAudit.exe"
!macroend
!macro Move from to part
  ${If} ${FileExists} "${from}\${part}"
    Rename "${from}\${part}" "${to}\${part}"
  ${EndIf}
!macroend

Function .onInit
  ${IfNot} ${AtLeastWin10}
    !insertmacro Refuse 2 "需要 Windows 10 或更新的系统。没有改动任何东西。"
  ${EndIf}
  ReadRegStr $0 HKCU "${KEY}" "DisplayVersion"
  ${If} $0 != ""
    ${VersionCompare} $0 "${VERSION}" $1
    ${If} $1 == 1
      !insertmacro Refuse 3 "已装的是更新的版本 $0，这个安装包是 ${VERSION}。没有改动任何东西。$\r$\n确实要装旧版：先卸载（案卷不会动），再装一次。"
    ${EndIf}
  ${EndIf}
  !insertmacro RefuseWhenRunning "清审通正开着。先关掉它，再装一次。没有改动任何东西。"
FunctionEnd

Function .onInstFailed
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\CleanAudit.new"
  RMDir "$INSTDIR"
FunctionEnd

Section
  ; Folders of these names that are not ours would be replaced.
  ${IfNot} ${FileExists} "$INSTDIR\uninstall.exe"
    ${If} ${FileExists} "$INSTDIR\app\*.*"
    ${OrIf} ${FileExists} "$INSTDIR\site\*.*"
    ${OrIf} ${FileExists} "$INSTDIR\python\*.*"
      !insertmacro Refuse 2 "这个文件夹里有别的东西：$INSTDIR。换一个空文件夹再装。没有改动任何东西。"
    ${EndIf}
  ${EndIf}
  ; Room for the new files beside the old ones. On a volume that cannot be asked the check is left to unpacking.
  ${GetRoot} "$INSTDIR" $0
  ${DriveSpace} "$0\" "/D=F /S=M" $1
  ${If} $1 != ""
  ${AndIf} $1 > 0
  ${AndIf} $1 < ${NEEDED_MB}
    !insertmacro Refuse 2 "磁盘空间不够：要 ${NEEDED_MB} MB，只剩 $1 MB。腾出空间再装。没有改动任何东西。"
  ${EndIf}
  RMDir /r "$INSTDIR\CleanAudit.new"
  ClearErrors
  SetOutPath "$INSTDIR\CleanAudit.new"
  File /r "${STAGE}/*"
  ${If} ${Errors}
    SetOutPath "$TEMP"
    RMDir /r "$INSTDIR\CleanAudit.new"
    RMDir "$INSTDIR"
    !insertmacro Refuse 2 "文件没有写全，多半是磁盘满了或没有写入权限。原来的版本没有动。"
  ${EndIf}
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\CleanAudit.old"
  CreateDirectory "$INSTDIR\CleanAudit.old"
  ClearErrors
  !insertmacro EachPart Move "$INSTDIR" "$INSTDIR\CleanAudit.old"
  ${If} ${Errors}
    !insertmacro EachPart Move "$INSTDIR\CleanAudit.old" "$INSTDIR"
    RMDir "$INSTDIR\CleanAudit.old"
    RMDir /r "$INSTDIR\CleanAudit.new"
    !insertmacro Refuse 4 "原来的程序文件正被占用，多半是清审通还开着。先关掉它，再装一次。原来的版本没有动。"
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  !insertmacro EachPart Move "$INSTDIR\CleanAudit.new" "$INSTDIR"
  RMDir /r "$INSTDIR\CleanAudit.new"
  RMDir /r "$INSTDIR\CleanAudit.old"
  CreateShortCut "$SMPROGRAMS\清审通.lnk" "$INSTDIR\CleanAudit.exe"
  CreateShortCut "$DESKTOP\清审通.lnk" "$INSTDIR\CleanAudit.exe"
  WriteRegStr HKCU "Software\Classes\.cpaudit" "" "CleanAudit.Audit"
  WriteRegStr HKCU "Software\Classes\CleanAudit.Audit" "" "清洁生产审核案卷"
  WriteRegStr HKCU "Software\Classes\CleanAudit.Audit\DefaultIcon" "" "$INSTDIR\CleanAudit.exe,0"
  WriteRegStr HKCU "Software\Classes\CleanAudit.Audit\shell\open\command" "" '"$INSTDIR\CleanAudit.exe" open "%1"'
  WriteRegStr HKCU "${KEY}" "DisplayName" "清审通"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\CleanAudit.exe"
  WriteRegStr HKCU "${KEY}" "Publisher" "CleanAudit contributors"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" ${INSTALLED_KB}
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Function un.onInit
  !insertmacro RefuseWhenRunning "清审通正开着。先关掉它，再卸载。"
FunctionEnd

Section "Uninstall"
  ; Moved away first: if something is still in use, everything stays and can be uninstalled later.
  CreateDirectory "$INSTDIR\CleanAudit.old"
  ClearErrors
  !insertmacro EachPart Move "$INSTDIR" "$INSTDIR\CleanAudit.old"
  ${If} ${Errors}
    !insertmacro EachPart Move "$INSTDIR\CleanAudit.old" "$INSTDIR"
    RMDir "$INSTDIR\CleanAudit.old"
    !insertmacro Refuse 4 "程序文件正被占用，多半是清审通还开着。先关掉它，再卸载。"
  ${EndIf}
  RMDir /r "$INSTDIR\CleanAudit.old"
  RMDir /r "$INSTDIR\CleanAudit.new"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\清审通.lnk"
  Delete "$DESKTOP\清审通.lnk"
  DeleteRegKey HKCU "Software\Classes\CleanAudit.Audit"
  ReadRegStr $0 HKCU "Software\Classes\.cpaudit" ""
  ${If} $0 == "CleanAudit.Audit"
    DeleteRegKey HKCU "Software\Classes\.cpaudit"
  ${EndIf}
  DeleteRegKey HKCU "${KEY}"
SectionEnd
